#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <openssl/objects.h>

#include "umsadm/base/text.hpp"

#include "lib/keystore/alias_case.hpp"
#include "lib/keystore/digest.hpp"
#include "lib/keystore/entry_rules.hpp"
#include "lib/keystore/java_chain.hpp"
#include "lib/keystore/key_protection.hpp"
#include "lib/keystore/pkcs12.hpp"
#include "lib/keystore/pkcs12_bag.hpp"
#include "lib/keystore/utf16.hpp"

namespace umsadm::keystore {
namespace {

using openssl::require;

Bytes key_id_of(const KeyEntry& entry) {
    if (entry.created != 0) return to_bytes(as_bytes(fmt::format("{}{}", k_date_prefix, entry.created)));
    // What OpenSSL takes; Java then shows the day of loading.
    const WipedBytes digest = Digest(EVP_sha1()).of({entry.chain.front()});
    return {digest.begin(), digest.end()};
}

class Pkcs12Builder {
public:
    Pkcs12Builder(const Keystore& keystore, const Secret& password)
        : m_keystore(keystore),
          m_password(password),
          m_algorithms(algorithms_of(keystore.profile)),
          m_safes(require(sk_PKCS7_new_null(), "allocate memory")),
          m_bags(require(sk_PKCS12_SAFEBAG_new_null(), "allocate memory")) {}

    Bytes build() {
        collect_written_elsewhere();
        for (const KeystoreEntry& entry : m_keystore.entries) {
            std::visit([&](const auto& kind) { add(kind); }, entry);
        }
        begin_run(Run::certificates);  // for the chains, when there is nothing else to encrypt
        end_run();
        require_chains_read_back();
        return finish();
    }

private:
    // Bags of one kind that follow each other share a safe: keys stand in the clear (each is encrypted on its own),
    // all others are encrypted together. The order of the entries stays.
    enum class Run { none, keys, certificates };

    // A certificate that is a leaf or a trusted entry serves the chains as well.
    void collect_written_elsewhere() {
        for (const KeystoreEntry& entry : m_keystore.entries) {
            if (const auto* key = std::get_if<KeyEntry>(&entry)) m_written.insert(key->chain.front());
            if (const auto* trusted = std::get_if<TrustedEntry>(&entry)) m_written.insert(trusted->certificate);
        }
    }

    void begin_run(Run run) {
        if (m_run == run) return;
        end_run();
        m_run = run;
        // The chains come before everything else in the heap of certificates: where two issuers fit, Java mostly takes
        // the first.
        if (run == Run::certificates && m_chain_bags_pending) {
            m_chain_bags_pending = false;
            for (const KeystoreEntry& entry : m_keystore.entries) {
                if (const auto* key = std::get_if<KeyEntry>(&entry)) add_chain(*key);
            }
        }
    }

    void end_run() {
        if (sk_PKCS12_SAFEBAG_num(m_bags.get()) > 0) {
            openssl::Pkcs7Ptr safe(m_run == Run::keys ? PKCS12_pack_p7data(m_bags.get()) : encrypted_safe());
            require(safe.get(), "put a safe together");
            require(sk_PKCS7_push(m_safes.get(), safe.get()), "allocate memory");
            static_cast<void>(safe.release());
        }
        m_bags.reset(require(sk_PKCS12_SAFEBAG_new_null(), "allocate memory"));
        m_run = Run::none;
    }

    PKCS7* encrypted_safe() {
        const OpensslPassword password = openssl_passwords(m_password).front();
        return PKCS12_pack_p7encdata(m_algorithms.safe_nid, password.text, password.size, nullptr,
                                     m_algorithms.salt_size, m_algorithms.rounds, m_bags.get());
    }

    void add(const KeyEntry& entry) {
        begin_run(Run::keys);
        const Bytes der = carried_key(entry, StoreFormat::pkcs12, m_keystore.profile, m_password);
        const unsigned char* at = der.data();
        openssl::EncryptedPtr key(
            require(d2i_X509_SIG(nullptr, &at, static_cast<long>(der.size())), "encode a private key"));
        BagPtr bag(require(PKCS12_SAFEBAG_create0_pkcs8(key.get()), "encode a private key"));
        static_cast<void>(key.release());
        name(*bag, entry.alias);
        identify(*bag, key_id_of(entry));
        push(std::move(bag));
    }

    void add(const TrustedEntry& entry) {
        begin_run(Run::certificates);
        BagPtr bag = certificate_bag(entry.certificate, entry.alias);
        name(*bag, entry.alias);
        require(
            PKCS12_add1_attr_by_txt(bag.get(), k_trusted_key_usage, V_ASN1_OBJECT,
                                    // With the length -1 this is the value itself, an ASN1_OBJECT, not its bytes.
                                    reinterpret_cast<const unsigned char*>(OBJ_nid2obj(NID_anyExtendedKeyUsage)), -1),
            "mark a certificate as trusted");
        // Java has no place for this date and ignores it; no key may have the same identifier.
        if (entry.created != 0) {
            identify(*bag, to_bytes(as_bytes(fmt::format("{}{} trusted", k_date_prefix, entry.created))));
        }
        push(std::move(bag));
    }

    void add(const OpaqueEntry& entry) {
        begin_run(Run::certificates);
        push(decode_bag(entry.content));
    }

    void add_chain(const KeyEntry& entry) {
        BagPtr leaf = certificate_bag(entry.chain.front(), entry.alias);
        name(*leaf, entry.alias);
        identify(*leaf, key_id_of(entry));
        push(std::move(leaf));
        for (auto issuer = entry.chain.begin() + 1; issuer != entry.chain.end(); ++issuer) {
            if (m_written.insert(*issuer).second) push(certificate_bag(*issuer, entry.alias));
        }
    }

    BagPtr certificate_bag(const Bytes& der, const std::string& alias) {
        const std::optional<X509View> view = X509View::parse(der);
        if (!view) throw Error(Code::failed, "a certificate of " + in_quotes(alias) + " cannot be read");
        return BagPtr(require(PKCS12_SAFEBAG_create_cert(view->handle()), "encode a certificate"));
    }

    void name(PKCS12_SAFEBAG& bag, const std::string& alias) {
        // By UTF-16 units: OpenSSL's function for UTF-8 refuses what Java writes as a surrogate pair.
        const WipedBytes units = to_utf16(java_lower_case(alias));
        require(PKCS12_add_friendlyname_uni(&bag, units.data(), static_cast<int>(units.size())), "encode an alias");
    }

    void identify(PKCS12_SAFEBAG& bag, Bytes id) {
        require(PKCS12_add_localkeyid(&bag, id.data(), static_cast<int>(id.size())), "encode a localKeyID");
    }

    void push(BagPtr bag) {
        remember(*bag);
        require(sk_PKCS12_SAFEBAG_push(m_bags.get(), bag.get()), "allocate memory");
        static_cast<void>(bag.release());
    }

    void remember(const PKCS12_SAFEBAG& bag) {
        const openssl::CertPtr cert = certificate_of(bag);
        if (!cert) return;
        const BagAttributes attributes = read_attributes(bag);
        PoolCertificate certificate{*X509View::parse(openssl::to_der(cert.get(), i2d_X509, "encode a certificate")),
                                    attributes.local_key_id, std::nullopt, attributes.trusted};
        if (attributes.friendly_name) certificate.friendly_name = java_lower_case(*attributes.friendly_name);
        m_pool.push_back(std::move(certificate));
    }

    // PKCS#12 stores no chains: they are found again by names. Another certificate with an issuer's name could get in.
    void require_chains_read_back() {
        JavaChains chains(m_pool);
        for (const KeystoreEntry& entry : m_keystore.entries) {
            const auto* key = std::get_if<KeyEntry>(&entry);
            if (key == nullptr) continue;
            const std::vector<std::size_t> found = chains.chain_of(key_id_of(*key), java_lower_case(key->alias));
            const auto same = [&](const Bytes& wanted, std::size_t at) {
                return wanted == openssl::to_der(m_pool[at].x509.handle(), i2d_X509, "encode a certificate");
            };
            if (found.size() < key->chain.size() ||
                !std::equal(key->chain.begin(), key->chain.end(), found.begin(), same)) {
                throw Error(
                    Code::failed,
                    "Java would not find the chain of " + in_quotes(key->alias) + " in this keystore as it is meant",
                    "its certificates must lead from the first one up to the root, and no other certificate in "
                    "the keystore may have the name of one of its issuers");
            }
        }
    }

    Bytes finish() {
        const openssl::Pkcs12Ptr file(require(PKCS12_add_safes(m_safes.get(), 0), "put the keystore together"));
        const OpensslPassword password = openssl_passwords(m_password).front();
        require(PKCS12_set_mac(file.get(), password.text, password.size, nullptr, m_algorithms.salt_size,
                               m_algorithms.rounds, m_algorithms.mac_digest()),
                "protect the keystore's integrity");
        return openssl::to_der(file.get(), i2d_PKCS12, "encode the keystore");
    }

    const Keystore& m_keystore;
    const Secret& m_password;
    Pkcs12Algorithms m_algorithms;
    SafeStackPtr m_safes;
    BagStackPtr m_bags;  // of the present run
    Run m_run = Run::none;
    bool m_chain_bags_pending = true;
    std::set<Bytes> m_written;  // certificates that a chain need not bring along
    std::vector<PoolCertificate> m_pool;
};

}  // namespace

Bytes encode_pkcs12(const Keystore& keystore, const Secret& password) {
    const openssl::CleanErrorQueue errors;
    require_pkcs12_password(password);
    require_writable_entries(keystore);
    return Pkcs12Builder(keystore, password).build();
}

}  // namespace umsadm::keystore
