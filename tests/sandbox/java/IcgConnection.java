import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** One client of a gateway: answers GET /usg/check-status, and nothing else. */
final class IcgConnection {
    private static final int REQUEST_LIMIT = 16 * 1024;
    private static final int IDLE_MILLISECONDS = 30_000;

    private final Socket client;
    private final Control control;
    private final long started;

    /** started: System.nanoTime() when the gateway was started. */
    IcgConnection(Socket client, Control control, long started) {
        this.client = client;
        this.control = control;
        this.started = started;
    }

    /** Until the client has enough; closes the connection. */
    void serve() {
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

    private String currentStatus() throws IOException {
        String[] words = control.get("status", "ok").split("\\s+");
        double age = (System.nanoTime() - started) / 1e9;
        return words.length == 3 && age >= Double.parseDouble(words[1]) ? words[2] : words[0];
    }
}
