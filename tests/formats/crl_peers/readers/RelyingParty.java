// The JDK's PKIX validator as a relying party: java RelyingParty.java LISTS CERTIFICATES FOLDER…
// Prints for each folder whether its last list was read, and what becomes of each certificate.
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.*;
import java.util.*;

public class RelyingParty {
    static final CertificateFactory FACTORY = factory();

    public static void main(String[] arguments) throws Exception {
        for (String folder : Arrays.copyOfRange(arguments, 2, arguments.length)) {
            X509Certificate ca = certificate(folder, "ca");
            List<CRL> lists = new ArrayList<>();
            try {
                for (String name : arguments[0].split(",")) {
                    try (InputStream in = Files.newInputStream(Path.of(folder, name + ".crl"))) {
                        lists.add(FACTORY.generateCRL(in));
                    }
                }
                System.out.println(folder + " read");
            } catch (CRLException refused) {
                System.out.println(folder + " refused");
            }
            for (String name : arguments[1].split(",")) {
                System.out.println(folder + " " + name + " " + decide(ca, lists, certificate(folder, name)));
            }
        }
    }

    static String decide(X509Certificate ca, List<CRL> lists, X509Certificate leaf) throws Exception {
        CertPathValidator validator = CertPathValidator.getInstance("PKIX");
        PKIXRevocationChecker checker = (PKIXRevocationChecker) validator.getRevocationChecker();
        checker.setOptions(EnumSet.of(
            PKIXRevocationChecker.Option.PREFER_CRLS, PKIXRevocationChecker.Option.NO_FALLBACK));
        PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(ca, null)));
        parameters.addCertStore(
            CertStore.getInstance("Collection", new CollectionCertStoreParameters(lists)));
        parameters.addCertPathChecker(checker);
        try {
            validator.validate(FACTORY.generateCertPath(List.of(leaf)), parameters);
            return "accepted";
        } catch (CertPathValidatorException refused) {
            return switch (String.valueOf(refused.getReason())) {
                case "REVOKED" -> "revoked";
                case "UNDETERMINED_REVOCATION_STATUS" -> "unknown";
                default -> throw refused;
            };
        }
    }

    static X509Certificate certificate(String folder, String name) throws Exception {
        try (InputStream in = Files.newInputStream(Path.of(folder, name + ".pem"))) {
            return (X509Certificate) FACTORY.generateCertificate(in);
        }
    }

    static CertificateFactory factory() {
        try {
            return CertificateFactory.getInstance("X.509");
        } catch (CertificateException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
