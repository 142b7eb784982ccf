"""Writes the nginx configuration that hands out hot files and leaves everything else to the reader servers.

It is written by the code that answers readers, so its headers cannot differ from ours. Proven by tests with a real nginx.
"""

from __future__ import annotations

from string import Template
from typing import TYPE_CHECKING

from kawaraban.delivery.hotfiles import FRONT
from kawaraban.delivery.http import FOR_EVER, PAGE_CACHING, SAFE_HEADERS

if TYPE_CHECKING:
    from pathlib import Path

# valid=0: a cached handle is compared with the file for every request, so that what was withdrawn is gone at once.
_OPEN_FILES = """
        # Every hot page is kept open: in the main part of nginx.conf say worker_rlimit_nofile 8192; or 1,024 files are soon used up.
        open_file_cache max=4000 inactive=60s;
        open_file_cache_valid {seconds};
        open_file_cache_errors off;"""

# A location for each edition, for its front page too: a regular expression for each request would take a twentieth of its time.
_PAGES = Template(
    """
    location $match {
        root $hot_files;
        # The type as a whole: to put the charset to it is work for each answer.
        default_type "text/html; charset=utf-8";
        # Head and body leave in one piece: for files as small as pages that is cheaper than sendfile, which sends them apart.
        sendfile off;
        output_buffers 1 128k;
        gzip_static always;
        gunzip on;
        gzip_vary on;
        log_not_found off;
        # The length and the second of a version make its ETag; the second itself is nobody's business.
        if_modified_since off;
        add_header Last-Modified "";
        add_header Cache-Control "$page_caching";
        add_header Content-Language $language;
$safe_headers$open_files
        error_page 403 404 405 = @readers;$more
    }
"""
)
_LOCATIONS = (("/", "ja"), ("= /", "ja"), ("/ko/", "ko"), ("= /ko", "ko"), ("/en/", "en"), ("= /en", "en"))

_SITE = Template(
    """# Kawaraban behind nginx: hot files by nginx, everything else by the reader servers.
# Put it into the http context (on Debian: /etc/nginx/conf.d/). Needs gzip_static and gunzip, as Debian builds nginx.

upstream kawaraban_readers {
    server $readers;
    keepalive 64;
}

server {
    listen $listen;
    server_name $server_name;
    server_tokens off;
    etag on;
    client_max_body_size 64k;
    # A slow reader is nginx's business; the reader servers answer at once.
    proxy_http_version 1.1;
    proxy_set_header Connection "";
    proxy_set_header Host $$http_host;
    proxy_set_header X-Forwarded-For $$proxy_add_x_forwarded_for;
    proxy_set_header X-Forwarded-Proto $$scheme;
    proxy_connect_timeout 2s;
    proxy_read_timeout 15s;
$pages
    # Names of our own, such as the front page's file, are no addresses.
    location ^~ /_ {
        proxy_pass http://kawaraban_readers$$request_uri;
    }

    location ^~ /. {
        proxy_pass http://kawaraban_readers$$request_uri;
    }

    location /media/ {
        alias $media/;
        types {
            image/avif avif;
            image/webp webp;
            image/jpeg jpg jpeg;
            image/png png;
            image/gif gif;
        }
        default_type application/octet-stream;
        add_header Cache-Control "$for_ever";
$safe_headers
    }

    location @readers {
        proxy_pass http://kawaraban_readers$$request_uri;
    }
}
"""
)


def nginx_configuration(
    *, readers: str, hot_files: Path, media: Path, listen: str = "80", server_name: str = "_", open_files_valid: int | None = 0
) -> str:
    """Return the configuration of one site.

    ``readers`` is the address of the reader servers (``127.0.0.1:8000``). ``open_files_valid``: for how many seconds nginx may hand out
    a file that it has open without looking whether it still stands; None keeps none open.
    """
    safe_headers = "\n".join(f'        add_header {name} "{value}";' for name, value in SAFE_HEADERS)
    open_files = "" if open_files_valid is None else _OPEN_FILES.format(seconds=open_files_valid)
    pages = [
        _PAGES.substitute(
            match=match,
            language=language,
            hot_files=hot_files,
            page_caching=PAGE_CACHING,
            safe_headers=safe_headers,
            open_files=open_files,
            more=f"\n        rewrite ^ {FRONT} break;" if match == "= /" else "",
        )
        for match, language in _LOCATIONS
    ]
    return _SITE.substitute(
        readers=readers,
        listen=listen,
        server_name=server_name,
        media=media,
        pages="".join(pages),
        for_ever=FOR_EVER,
        safe_headers=safe_headers,
    )
