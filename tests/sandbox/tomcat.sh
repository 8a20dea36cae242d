# Debian's Tomcat 10, with a CATALINA_BASE of its own, as the server of a sandbox. Sourced by gateway.sh.
#
# The health page is a static file: its text is SANDBOX/tomcat/webapps/usg/check-status.
# shellcheck shell=bash

# tomcat_command SANDBOX PORT ALIAS STORE-PASSWORD KEY-PASSWORD: sets server_command
tomcat_command() {
  local home=/usr/share/tomcat10 base=$1/tomcat
  [[ -e $home/bin/bootstrap.jar ]] || {
    echo "Tomcat 10 is not installed (Debian package tomcat10-common)" >&2
    return 1
  }
  mkdir -p "$base"/{conf,webapps/usg,logs,temp,work}
  cat >"$base/conf/web.xml" <<'XML'
<web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="5.0">
  <servlet>
    <servlet-name>files</servlet-name>
    <servlet-class>org.apache.catalina.servlets.DefaultServlet</servlet-class>
    <load-on-startup>1</load-on-startup>
  </servlet>
  <servlet-mapping>
    <servlet-name>files</servlet-name>
    <url-pattern>/</url-pattern>
  </servlet-mapping>
</web-app>
XML
  printf '%s\n' 'handlers = java.util.logging.ConsoleHandler' '.level = INFO' >"$base/conf/logging.properties"
  echo '{"status":"ok"}' >"$base/webapps/usg/check-status"
  # No type of the store is given, as on a gateway: Java finds it out by looking at the file.
  cat >"$base/conf/server.xml" <<XML
<Server port="-1">
  <Service name="Catalina">
    <Connector port="$2" address="127.0.0.1" protocol="org.apache.coyote.http11.Http11NioProtocol"
               SSLEnabled="true" scheme="https" secure="true" maxThreads="10">
      <SSLHostConfig>
        <Certificate certificateKeystoreFile="$1/install/usg/keys/keystore.jks" certificateKeyAlias="$3"
                     certificateKeystorePassword="$4" certificateKeyPassword="$5"/>
      </SSLHostConfig>
    </Connector>
    <Engine name="Catalina" defaultHost="localhost">
      <Host name="localhost" appBase="webapps" autoDeploy="false"/>
    </Engine>
  </Service>
</Server>
XML
  # shellcheck disable=SC2034  # for the caller
  server_command=(java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:-UsePerfData -Xshare:auto -Xmx128m
    -cp "$home/bin/bootstrap.jar:$home/bin/tomcat-juli.jar" "-Dcatalina.home=$home" "-Dcatalina.base=$base"
    "-Djava.io.tmpdir=$base/temp" "-Djava.util.logging.config.file=$base/conf/logging.properties"
    -Djava.util.logging.manager=org.apache.juli.ClassLoaderLogManager
    --add-opens=java.base/java.lang=ALL-UNNAMED --add-opens=java.base/java.util=ALL-UNNAMED
    --add-opens=java.base/java.util.concurrent=ALL-UNNAMED --add-opens=java.rmi/sun.rmi.transport=ALL-UNNAMED
    org.apache.catalina.startup.Bootstrap start)
}
