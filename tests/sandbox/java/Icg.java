import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLServerSocket;

/**
 * Stands in the place of an IGEL Cloud Gateway: a TLS server that loads the keystore named by its application-prod.yml
 * at start, and only then, and answers GET /usg/check-status. It is started once; a restart is another object.
 *
 * Files in the control folder make it misbehave:
 *   refuse-start  exists: does not start
 *   listen-delay  seconds between start and listening
 *   keystore      path of the keystore to serve in place of the configured one (same passwords)
 *   status        read at every request: WORD, or WORD SECONDS WORD (the first one while the server is younger than that);
 *                 a WORD is what the page says (init, ok, warn, err), 404 (no such page) or mute (never an answer)
 */
final class Icg {
    private final Control control;
    private final long started = System.nanoTime();
    private final SSLServerSocket server;
    private final Set<Socket> clients = ConcurrentHashMap.newKeySet();

    /** Listens when it returns, but for the connections see serve(). */
    Icg(Path configuration, Control control) throws Exception {
        this.control = control;
        if (control.has("refuse-start")) {
            throw new IOException("refused to start, as the sandbox was told");
        }
        IcgConfig config = new IcgConfig(configuration);
        Thread.sleep((long) (1000 * Double.parseDouble(control.get("listen-delay", "0"))));
        server = (SSLServerSocket) IcgTls.load(config, control).getServerSocketFactory().createServerSocket(
                Integer.parseInt(config.required("server.port")), 64,
                InetAddress.getByName(config.get("server.address", "127.0.0.1")));
        server.setWantClientAuth(Boolean.parseBoolean(config.get("client.auth.activated", "false")));
    }

    int port() {
        return server.getLocalPort();
    }

    /** Serves everybody who connects, until it is closed. */
    void serve() throws IOException {
        while (!server.isClosed()) {
            try {
                serve(server.accept());
            } catch (SocketException e) {
                if (!server.isClosed()) {
                    throw e;
                }
            }
        }
    }

    // Without a lambda: the first one costs more than all that a start needs else.
    private void serve(Socket client) {
        clients.add(client);
        Thread thread = new Thread() {
            @Override
            public void run() {
                new IcgConnection(client, control, started).serve();
                clients.remove(client);
            }
        };
        thread.setDaemon(true);
        thread.start();
    }

    /** Stops listening and cuts its connections, as the end of a process does. */
    void close() {
        try {
            server.close();
            for (Socket client : clients) {
                client.close();
            }
        } catch (IOException e) {
            System.out.println("closing: " + e.getMessage());
        }
    }
}
