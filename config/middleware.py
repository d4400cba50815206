"""What holds for every request: whose word on its origin is believed, and in which language it is answered.

Django's LocaleMiddleware would follow the browser's Accept-Language; the department's machines often carry an
English browser, so only the switch in the page header (Django's language cookie) counts (docs/design.md).
"""

from collections.abc import Callable
from ipaddress import ip_address, ip_network

from csp.middleware import CSPMiddleware
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import translation


class ProxyMiddleware:
    """Takes away what only our own proxy may say: that a request came by https, and from where.

    Whoever reaches this server past the proxy could otherwise write these headers. Without `BEHIND_PROXY` nobody's word
    is believed. `X-Forwarded-Host` never is: the proxy passes on the Host that was asked for.
    """

    _SAID_BY_PROXIES = ("HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_FOR")

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.networks = [ip_network(network, strict=False) for network in settings.PROXY_ADDRESSES]

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request without what it had no right to say."""
        if not (settings.BEHIND_PROXY and self._is_proxy(request.META.get("REMOTE_ADDR", ""))):
            for name in self._SAID_BY_PROXIES:
                request.META.pop(name, None)
        return self.get_response(request)

    def _is_proxy(self, address: str) -> bool:
        # A unix socket has no address; only this machine reaches it.
        if not address:
            return True
        try:
            found = ip_address(address.split("%")[0])
        except ValueError:
            return False
        found = getattr(found, "ipv4_mapped", None) or found
        return any(found in network for network in self.networks)


class LanguageChoiceMiddleware:
    """Activates the language named by the cookie, or LANGUAGE_CODE."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.allowed = {code for code, _name in settings.LANGUAGES}

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request in the language it asked for."""
        named = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        language = named if named in self.allowed else settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response


class PagePolicyMiddleware(CSPMiddleware):
    """django-csp's, which puts every answer's policy together and then throws away that of exempt ones (tiles)."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Give a page its policy."""
        if getattr(response, "_csp_exempt", False):
            return response
        return super().process_response(request, response)
