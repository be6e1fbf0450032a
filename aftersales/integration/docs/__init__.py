"""The pages for whoever connects a system: operations, guide, refusals, the OpenAPI document."""
