import java.nio.file.Path;

/**
 * One gateway, as a process of its own.
 *
 * usage: GatewayServer APPLICATION-PROD.YML CONTROL-FOLDER
 *
 * Icg.java tells what it does, and how files in the control folder make it misbehave.
 */
final class GatewayServer {
    private GatewayServer() {
    }

    public static void main(String[] arguments) throws Exception {
        Icg gateway = new Icg(Path.of(arguments[0]), new Control(Path.of(arguments[1])));
        // The virtual machine waits 0.3 seconds at its end for a thread that is still in accept().
        Runtime.getRuntime().addShutdownHook(new Thread() {
            @Override
            public void run() {
                gateway.close();
            }
        });
        System.out.println("ready on port " + gateway.port());
        gateway.serve();
    }
}
