-- title Volume of sales
-- description What was sold in all: lines, units and money, and the days it was sold on.
-- column volume money(2)
-- column first_day day
-- column last_day day
select
  count(*) as sales,
  coalesce(sum(quantity), 0) as units,
  coalesce(sum(price * quantity), 0) as volume,
  min(time_day) as first_day,
  max(time_day) as last_day
from sale
