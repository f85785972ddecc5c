-- Health of an AlertChainProbe for Argo CD: goes into ConfigMap argocd-cm under
-- resource.customizations.health.awoooi.io_AlertChainProbe. How: docs/gitops.md.
local health = { status = "Progressing", message = "No run has ended yet." }
if obj.spec ~= nil and obj.spec.suspend == true then
  return { status = "Suspended", message = "The probe is suspended: nothing is proven." }
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
    end
  end
end
return health
