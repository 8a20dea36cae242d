import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;

/**
 * Makes the keystores of many gateways at once, with the same classes as keytool, which would need a process for each.
 *
 * usage: FleetKeystores JKS|PKCS12 ALIAS KEY.PEM ROOT.PEM UMS.PEM
 *
 * Standard input has lines "LEAF.PEM KEYSTORE"; all leaves are of the one key. $STORE is the password of keystore and key.
 */
final class FleetKeystores {
    private FleetKeystores() {
    }

    public static void main(String[] arguments) throws Exception {
        char[] password = System.getenv("STORE").toCharArray();
        Certificate root = certificate(arguments[3]);
        Certificate ums = certificate(arguments[4]);
        PrivateKey key = null;
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            String[] words = line.split(" ");
            Certificate leaf = certificate(words[0]);
            if (key == null) {
                key = privateKey(arguments[2], leaf.getPublicKey().getAlgorithm());
            }
            KeyStore store = KeyStore.getInstance(arguments[0]);
            store.load(null, password);
            store.setKeyEntry(arguments[1], key, password, new Certificate[] {leaf, root});
            store.setCertificateEntry("icg-root", root);
            store.setCertificateEntry("ums", ums);
            try (OutputStream out = Files.newOutputStream(Path.of(words[1]))) {
                store.store(out, password);
            }
        }
    }

    private static Certificate certificate(String file) throws Exception {
        try (InputStream in = Files.newInputStream(Path.of(file))) {
            return CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
    }

    private static PrivateKey privateKey(String file, String algorithm) throws Exception {
        String base64 = Files.readString(Path.of(file)).replaceAll("-----[A-Z ]*-----|\\s", "");
        return KeyFactory.getInstance(algorithm).generatePrivate(
                new PKCS8EncodedKeySpec(Base64.getDecoder().decode(base64)));
    }
}
