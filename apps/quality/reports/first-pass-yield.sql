-- title First-pass yield
-- description Of the parts first checked on a day, how many were Ok at once, in percent.
-- chart line day yield
-- column day day
-- column yield decimal(1)
select
  inspection.created_day as day,
  count(*) as parts,
  sum(case when inspection.status = 'Ok' then 1 else 0 end) as first_pass,
  1000 * sum(case when inspection.status = 'Ok' then 1 else 0 end) / count(*) as yield
from part
join inspection on inspection.id = part.first
group by inspection.created_day
order by inspection.created_day
