import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/** An application-prod.yml: nested and dotted keys of a YAML file without lists, as "server.ssl.key-store". */
final class IcgConfig {
    private final Map<String, String> values = new HashMap<>();

    IcgConfig(Path file) throws IOException {
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
    }

    /** Null when the file does not say it. */
    String get(String key) {
        return values.get(key);
    }

    String get(String key, String otherwise) {
        return values.getOrDefault(key, otherwise);
    }

    String required(String key) throws IOException {
        String value = values.get(key);
        if (value == null) {
            throw new IOException("application-prod.yml does not say " + key);
        }
        return value;
    }
}
