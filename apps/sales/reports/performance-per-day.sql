-- title Performance per day
-- description Sales, units and money of each day, the day's average sale and the money so far.
-- description A closed day shows what it closed with; an open one is the day in UTC.
-- chart bar day volume
-- column day day
-- column volume money(2)
-- column average_sale money(2)
-- column so_far money(2)
with days as (
  select day, sales, units, total as volume, 'closed' as state
  from day
  union all
  select time_day, count(*), sum(quantity), sum(price * quantity), 'open'
  from sale
  where not exists (select 1 from till where sale.time < till.closed)
  group by time_day
)
select
  day,
  state,
  sales,
  units,
  volume,
  case when sales > 0 then volume / sales end as average_sale,
  sum(volume) over (order by day, state rows unbounded preceding) as so_far
from days
order by day, state
