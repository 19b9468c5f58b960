-- title Containment: parts of a controller
-- description Every part that a controller checked in a period, and how and by whom it was last.
-- parameter controller text C-01
-- parameter from time 2025-10-13
-- parameter to time 2100-01-01
-- column last_here time
select
  part.reference as part,
  count(*) as checks,
  sum(case when inspection.status = 'Nok' then 1 else 0 end) as nok,
  max(inspection.created) as last_here,
  part.status as status_now,
  latest.controller as said_by
from inspection
join part on part.reference = inspection.part
join inspection as latest on latest.id = part.last
where inspection.controller = :controller
  and inspection.created >= :from
  and inspection.created < :to
group by part.reference, part.status, latest.controller
order by part.reference
