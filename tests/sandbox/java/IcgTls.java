import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.KeyStore;
import java.util.Collections;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Loads the keystore that an application-prod.yml names, as Spring Boot does. */
final class IcgTls {
    private IcgTls() {
    }

    static SSLContext load(IcgConfig config, Control control) throws Exception {
        String path = control.get("keystore", config.required("server.ssl.key-store"));
        char[] password = config.required("server.ssl.key-store-password").toCharArray();
        String keyPassword = config.get("server.ssl.key-password");
        KeyStore store = read(path, password);
        keepOnlyAlias(store, config.get("server.ssl.key-alias"));
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, keyPassword == null ? password : keyPassword.toCharArray());

        KeyStore trusted = read(config.get("server.ssl.trust-store", path),
                config.get("server.ssl.trust-store-password", new String(password)).toCharArray());
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);

        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    private static KeyStore read(String path, char[] password) throws Exception {
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
}
