import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.Map;

/**
 * Many gateways in one process, each of which can be restarted by itself.
 *
 * usage: FleetServer FLEET-FOLDER
 *
 * Every folder in FLEET-FOLDER/gateways is one, with install/usg/conf/application-prod.yml and control. The port on which
 * it takes commands is in FLEET-FOLDER/service/port as soon as all of them listen. A command is a line "restart NAME"; the
 * answer is "ok" when the gateway listens again, or could not (as with systemctl, that is not the restart's business), or
 * a message.
 *
 * In a control folder, beside what Icg.java tells:
 *   restart-fails  its text is the answer, and the gateway stays as it is
 *   restart-hangs  exists: no answer until it is removed or the asker gives up, and the gateway stays as it is
 */
final class FleetServer {
    private static final int LOOK_MILLISECONDS = 100;
    private static final String LISTEN_DELAY = "listen-delay";

    private final Path configuration;
    private final Control control;
    private Icg running;
    private Thread serving;

    private FleetServer(Path folder) {
        configuration = folder.resolve("install/usg/conf/application-prod.yml");
        control = new Control(folder.resolve("control"));
    }

    public static void main(String[] arguments) throws Exception {
        Path fleet = Path.of(arguments[0]);
        Map<String, FleetServer> gateways = new HashMap<>();
        try (var folders = Files.newDirectoryStream(fleet.resolve("gateways"))) {
            for (Path folder : folders) {
                FleetServer gateway = new FleetServer(folder);
                gateway.start();
                gateways.put(folder.getFileName().toString(), gateway);
            }
        }
        try (ServerSocket commands = new ServerSocket(0, 256, InetAddress.getLoopbackAddress())) {
            Path port = fleet.resolve("service/port");
            Path written = fleet.resolve("service/port.new");
            Files.writeString(written, commands.getLocalPort() + "\n");
            Files.move(written, port, StandardCopyOption.ATOMIC_MOVE);
            System.out.println("ready with " + gateways.size() + " gateways");
            while (true) {
                Socket asker = commands.accept();
                inBackground(() -> obey(asker, gateways));
            }
        }
    }

    private static void obey(Socket asker, Map<String, FleetServer> gateways) {
        try (Socket socket = asker) {
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            String line = in.readLine();
            String[] words = line == null ? new String[0] : line.split(" ");
            FleetServer gateway = words.length == 2 && words[0].equals("restart") ? gateways.get(words[1]) : null;
            String answer = gateway == null ? "no such command: " + line : gateway.restart(socket);
            socket.getOutputStream().write((answer + "\n").getBytes(StandardCharsets.UTF_8));
        } catch (Exception e) {
            System.out.println("command ended: " + e.getMessage());
        }
    }

    private String restart(Socket asker) throws IOException, InterruptedException {
        if (control.has("restart-fails")) {
            return control.get("restart-fails", "");
        }
        if (control.has("restart-hangs")) {
            hang(asker);
            return "the restart was given up";
        }
        stop();
        if (control.has(LISTEN_DELAY)) {
            inBackground(this::startOrSayWhyNot);
        } else {
            startOrSayWhyNot();
        }
        return "ok";
    }

    private void hang(Socket asker) throws IOException {
        asker.setSoTimeout(LOOK_MILLISECONDS);
        while (control.has("restart-hangs")) {
            try {
                if (asker.getInputStream().read() < 0) {
                    return;
                }
            } catch (SocketTimeoutException e) {
                // It still waits.
            }
        }
    }

    private synchronized void stop() throws InterruptedException {
        if (running != null) {
            running.close();
            running = null;
            // The port is free when nobody is in accept() any more.
            serving.join();
        }
    }

    private void startOrSayWhyNot() {
        try {
            start();
        } catch (Exception e) {
            System.out.println(configuration + ": not started: " + e.getMessage());
        }
    }

    private synchronized void start() throws Exception {
        stop();
        Icg gateway = new Icg(configuration, control);
        running = gateway;
        serving = inBackground(() -> {
            try {
                gateway.serve();
            } catch (IOException e) {
                System.out.println(configuration + ": " + e.getMessage());
            }
        });
    }

    private static Thread inBackground(Runnable work) {
        Thread thread = new Thread(work);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }
}
