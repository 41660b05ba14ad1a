"""What the platform answers, one module for each part of it. The tests hold them against its OpenAPI description."""
