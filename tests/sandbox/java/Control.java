import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The folder whose files make a gateway misbehave: what they are called says who asks for them. */
final class Control {
    private final Path folder;

    Control(Path folder) {
        this.folder = folder;
    }

    boolean has(String name) {
        return Files.exists(folder.resolve(name));
    }

    String get(String name, String otherwise) throws IOException {
        Path file = folder.resolve(name);
        return Files.exists(file) ? Files.readString(file).trim() : otherwise;
    }
}
