-- title Quantity per product
-- description Units sold of each product and what they brought in, most sold first.
-- chart bar product units
-- column volume money(2)
select
  product,
  sum(quantity) as units,
  sum(price * quantity) as volume,
  count(*) as sales
from sale
group by product
order by units desc, product
