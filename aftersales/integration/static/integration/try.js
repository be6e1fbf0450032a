/* Shows the OpenAPI document with Swagger UI. Nothing is fetched from elsewhere. */
"use strict";
addEventListener("DOMContentLoaded", () => {
  const place = document.getElementById("swagger");
  SwaggerUIBundle({
    url: place.dataset.schema,
    domNode: place,
    deepLinking: true,
    docExpansion: "none",
    validatorUrl: null,
    persistAuthorization: false,
    requestInterceptor: (request) => {
      if (request.method === "POST" && !("Idempotency-Key" in request.headers)) {
        request.headers["Idempotency-Key"] = crypto.randomUUID();
      }
      return request;
    },
  });
});
