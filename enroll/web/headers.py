"""What every answer says to the browser and to the caches between."""

from flask import Flask, Response, request

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
# A file somebody uploaded runs nothing and loads nothing, whatever it really is.
SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; media-src 'self'; sandbox"


def allow_media(response: Response, host: str) -> Response:
    """Let this one page play a film that lies elsewhere."""
    policy = CONTENT_SECURITY_POLICY.replace("media-src 'self'", f"media-src 'self' https://{host}")
    response.headers["Content-Security-Policy"] = policy
    return response


def init_app(app: Flask) -> None:
    @app.after_request
    def set_headers(response: Response) -> Response:
        headers = response.headers
        headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("Referrer-Policy", "same-origin")
        headers.setdefault("X-Frame-Options", "DENY")
        headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        headers.setdefault("Permissions-Policy", "geolocation=(), microphone=(), camera=(self)")
        if not app.config["INSECURE_COOKIES"]:
            headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        if request.endpoint == "static":
            headers["Cache-Control"] = "public, max-age=86400"
        else:
            # Personal pages must not come back from a cache or from the Back button after sign-out.
            headers["Cache-Control"] = "no-store"
            headers.add("Vary", "Cookie")
        return response
