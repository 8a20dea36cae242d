# shellcheck shell=bash disable=SC2154,SC2034
# The exports for reverse proxies, read by the proxies themselves.
PATH=$PATH:/usr/sbin:/sbin

probe() { need openssl nginx haproxy; }

scenario_nginx_takes_the_files() {
    site_with_certificate
    run_ok cert export ICG -o proxy --format proxy
    cat >nginx.conf <<CONF
pid $PWD/nginx.pid;
error_log stderr;
events {}
http {
    access_log off;
    client_body_temp_path $PWD/b; proxy_temp_path $PWD/p; fastcgi_temp_path $PWD/f; uwsgi_temp_path $PWD/u; scgi_temp_path $PWD/s;
    server {
        listen 127.0.0.1:1 ssl;
        ssl_certificate $PWD/proxy/fullchain.pem;
        ssl_certificate_key $PWD/proxy/privkey.pem;
        ssl_trusted_certificate $PWD/proxy/chain.pem;
    }
}
CONF
    nginx -t -c "$PWD/nginx.conf" >nginx.out 2>&1 || grep -q "syntax is ok" nginx.out || {
        cat nginx.out
        fail "nginx takes the files"
    }
}

scenario_haproxy_takes_its_file() {
    site_with_certificate
    run_ok cert export ICG -o proxy --format proxy
    printf '%s\n' 'defaults' ' mode tcp' ' timeout connect 1s' ' timeout client 1s' ' timeout server 1s' 'frontend icg' \
        " bind 127.0.0.1:1 ssl crt $PWD/proxy/haproxy.pem ca-file $PWD/proxy/chain.pem" >haproxy.cfg
    haproxy -c -f haproxy.cfg
}
