-- title Pareto of defects
-- description How often each defect was found, its share of all, and the share so far.
-- chart bar defect checks
-- column share decimal(1)
-- column so_far decimal(1)
with defects as (
  select defect, count(*) as checks, count(distinct part) as parts
  from inspection
  where defect is not null
  group by defect
)
select
  defect,
  checks,
  parts,
  1000 * checks / sum(checks) over () as share,
  1000 * sum(checks) over (order by checks desc, defect rows unbounded preceding)
    / sum(checks) over () as so_far
from defects
order by checks desc, defect
