-- Health of a SignozAlertRule for Argo CD: goes into ConfigMap argocd-cm under
-- resource.customizations.health.awoooi.io_SignozAlertRule. How: docs/gitops.md.
local health = { status = "Progressing", message = "The operator has not looked at it yet." }
if obj.spec ~= nil and obj.spec.suspend == true then
  return { status = "Suspended", message = "The rule is suspended: SigNoz is left alone." }
end
if obj.status == nil or obj.status.conditions == nil then
  return health
end
-- What was decided for an older spec says nothing of this one.
if obj.status.observedGeneration ~= obj.metadata.generation then
  health.message = "The operator has not seen this spec yet."
  return health
end
for _, condition in ipairs(obj.status.conditions) do
  if condition.type == "Ready" then
    health.message = condition.message
    if condition.status == "True" then
      health.status = "Healthy"
    elseif condition.status == "False" then
      health.status = "Degraded"
    elseif condition.reason == "PlanPending" then
      health.status = "Suspended"
    end
  end
end
return health
