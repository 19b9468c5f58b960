-- title Containment: parts with a defect
-- description Every part with a defect since a time, and how and by whom it was last checked.
-- parameter defect text porosity
-- parameter since time 2025-10-13
-- column first_found time
select
  part.reference as part,
  count(*) as times,
  min(inspection.created) as first_found,
  part.status as status_now,
  latest.controller as said_by
from inspection
join part on part.reference = inspection.part
join inspection as latest on latest.id = part.last
where inspection.defect = :defect
  and inspection.created >= :since
group by part.reference, part.status, latest.controller
order by part.reference
