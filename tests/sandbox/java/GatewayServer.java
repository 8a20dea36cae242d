import java.io.BufferedReader;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.TrustManagerFactory;

/**
 * Stands in the place of an IGEL Cloud Gateway: a Java TLS server that loads the keystore named by its
 * application-prod.yml at start, and only then, and answers GET /usg/check-status.
 *
 * usage: GatewayServer APPLICATION-PROD.YML CONTROL-FOLDER
 *
 * Files in the control folder make it misbehave:
 *   refuse-start  exists: ends at once with exit code 1
 *   listen-delay  seconds between start and listening
 *   keystore      path of the keystore to serve in place of the configured one (same passwords)
 *   status        read at every request: WORD, or WORD SECONDS WORD (the first one while the server is younger than that);
 *                 a WORD is what the page says (init, ok, warn, err), 404 (no such page) or mute (never an answer)
 */
final class GatewayServer implements Runnable {
    private static final int REQUEST_LIMIT = 16 * 1024;
    private static final int IDLE_MILLISECONDS = 30_000;

    private static Path control;
    private static long started;

    private final Socket client;

    private GatewayServer(Socket client) {
        this.client = client;
    }

    public static void main(String[] arguments) throws Exception {
        started = System.nanoTime();
        control = Path.of(arguments[1]);
        if (Files.exists(control.resolve("refuse-start"))) {
            System.err.println("refused to start, as the sandbox was told");
            System.exit(1);
        }
        Map<String, String> config = flatten(Path.of(arguments[0]));
        Thread.sleep((long) (1000 * Double.parseDouble(controlled("listen-delay", "0"))));

        SSLServerSocket server =
                (SSLServerSocket) tlsContext(config).getServerSocketFactory().createServerSocket(
                        Integer.parseInt(required(config, "server.port")), 64,
                        InetAddress.getByName(config.getOrDefault("server.address", "127.0.0.1")));
        server.setWantClientAuth(Boolean.parseBoolean(config.getOrDefault("client.auth.activated", "false")));
        closeAtExit(server);
        System.out.println("ready on port " + server.getLocalPort());
        while (!server.isClosed()) {
            serve(server);
        }
    }

    private static void serve(ServerSocket server) throws IOException {
        try {
            Thread thread = new Thread(new GatewayServer(server.accept()));
            thread.setDaemon(true);
            thread.start();
        } catch (SocketException e) {
            if (!server.isClosed()) {
                throw e;
            }
        }
    }

    /** The virtual machine waits 0.3 seconds at its end for a thread that is still in accept(). */
    private static void closeAtExit(ServerSocket server) {
        Runtime.getRuntime().addShutdownHook(new Thread() {
            @Override
            public void run() {
                try {
                    server.close();
                } catch (IOException e) {
                    System.out.println("closing: " + e.getMessage());
                }
            }
        });
    }

    private static SSLContext tlsContext(Map<String, String> config) throws Exception {
        String path = controlled("keystore", required(config, "server.ssl.key-store"));
        char[] password = required(config, "server.ssl.key-store-password").toCharArray();
        String keyPassword = config.get("server.ssl.key-password");
        KeyStore store = load(path, password);
        keepOnlyAlias(store, config.get("server.ssl.key-alias"));
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, keyPassword == null ? password : keyPassword.toCharArray());

        KeyStore trusted = load(config.getOrDefault("server.ssl.trust-store", path),
                config.getOrDefault("server.ssl.trust-store-password", new String(password)).toCharArray());
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);

        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    private static KeyStore load(String path, char[] password) throws Exception {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        try (InputStream in = new FileInputStream(path.startsWith("file:") ? path.substring(5) : path)) {
            store.load(in, password);
        }
        return store;
    }

    /** Fails when no key entry is left: without one, JSSE listens and then refuses every handshake. */
    private static void keepOnlyAlias(KeyStore store, String alias) throws Exception {
        int keys = 0;
        for (String each : Collections.list(store.aliases())) {
            if (!store.isKeyEntry(each)) {
                continue;
            }
            if (alias == null || each.equalsIgnoreCase(alias)) {
                keys++;
            } else {
                store.deleteEntry(each);
            }
        }
        if (keys == 0) {
            throw new IOException("no key entry to serve in the keystore");
        }
    }

    @Override
    public void run() {
        try (Socket socket = client) {
            socket.setSoTimeout(IDLE_MILLISECONDS);
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
            while (answer(in, socket.getOutputStream())) {
            }
        } catch (IOException | InterruptedException e) {
            System.out.println("connection ended: " + e.getMessage());
        }
    }

    /** Reads one request and answers it; false when the connection is to be closed. */
    private boolean answer(BufferedReader in, OutputStream out) throws IOException, InterruptedException {
        String request = in.readLine();
        if (request == null) {
            return false;
        }
        boolean keep = request.endsWith("HTTP/1.1");
        int size = request.length();
        for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
            size += line.length();
            if (size > REQUEST_LIMIT) {
                return false;
            }
            if (line.equalsIgnoreCase("connection: close")) {
                keep = false;
            }
        }

        String[] words = request.split(" ");
        boolean known = words.length == 3 && words[0].equals("GET") && words[1].equals("/usg/check-status");
        String status = known ? currentStatus() : "404";
        if (status.equals("mute")) {
            Thread.sleep(IDLE_MILLISECONDS);
            return false;
        }
        if (status.equals("404")) {
            send(out, "404 Not Found", "text/plain", "no such page\n", keep);
        } else {
            send(out, "200 OK", "application/json", "{\"status\":\"" + status + "\"}", keep);
        }
        return keep;
    }

    private static void send(OutputStream out, String status, String type, String body, boolean keep)
            throws IOException {
        String head = "HTTP/1.1 " + status + "\r\nContent-Type: " + type + "\r\nContent-Length: " + body.length()
                + "\r\nConnection: " + (keep ? "keep-alive" : "close") + "\r\n\r\n";
        out.write((head + body).getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
    }

    private static String currentStatus() throws IOException {
        String[] words = controlled("status", "ok").split("\\s+");
        double age = (System.nanoTime() - started) / 1e9;
        return words.length == 3 && age >= Double.parseDouble(words[1]) ? words[2] : words[0];
    }

    private static String controlled(String name, String otherwise) throws IOException {
        Path file = control.resolve(name);
        return Files.exists(file) ? Files.readString(file).trim() : otherwise;
    }

    private static String required(Map<String, String> config, String key) throws IOException {
        String value = config.get(key);
        if (value == null) {
            throw new IOException("application-prod.yml does not say " + key);
        }
        return value;
    }

    /** Nested and dotted keys of a YAML file without lists, as "server.ssl.key-store". */
    private static Map<String, String> flatten(Path file) throws IOException {
        Map<String, String> values = new HashMap<>();
        Deque<Integer> indents = new ArrayDeque<>();
        Deque<String> names = new ArrayDeque<>();
        for (String line : Files.readAllLines(file)) {
            String text = line.strip();
            int colon = text.indexOf(':');
            if (text.isEmpty() || text.startsWith("#") || colon < 0) {
                continue;
            }
            int indent = line.indexOf(text);
            while (!indents.isEmpty() && indents.peekLast() >= indent) {
                indents.removeLast();
                names.removeLast();
            }
            indents.addLast(indent);
            names.addLast(text.substring(0, colon));
            String value = text.substring(colon + 1).strip().replaceAll("^([\"'])(.*)\\1$", "$2");
            if (!value.isEmpty()) {
                values.put(String.join(".", names), value);
            }
        }
        return values;
    }
}
