#include "lib/keystore/pkcs12_collect.hpp"

#include <charconv>

#include <fmt/format.h>
#include <openssl/objects.h>

#include "umsadm/base/text.hpp"

#include "lib/keystore/alias_case.hpp"
#include "lib/keystore/der_names.hpp"
#include "lib/keystore/pbe_algorithm.hpp"
#include "lib/keystore/pkcs12.hpp"

namespace umsadm::keystore {
namespace {

// "Time " and a number, and whatever may follow it.
JavaTime date_in(const Bytes& local_key_id) {
    std::string_view text = as_text(local_key_id);
    if (!text.starts_with(k_date_prefix)) return 0;
    text.remove_prefix(k_date_prefix.size());
    JavaTime date = 0;
    std::from_chars(text.data(), text.data() + text.size(), date);
    return date;
}

class BagCollector {
public:
    void collect(const STACK_OF(PKCS12_SAFEBAG) * safe) {
        for (int i = 0; i < sk_PKCS12_SAFEBAG_num(safe); ++i) add(*sk_PKCS12_SAFEBAG_value(safe, i), i == 0);
    }

    CollectedBags take() && { return std::move(m_bags); }

private:
    void add(const PKCS12_SAFEBAG& bag, bool first_of_safe) {
        // OpenSSL takes the value of a bag for optional, and its accessors take it for present.
        if (!has_explicit_second(encode_bag(bag))) {
            throw Error(Code::invalid_data, "the PKCS#12 keystore is damaged: a bag without a value");
        }
        const BagAttributes attributes = read_attributes(bag);
        switch (PKCS12_SAFEBAG_get_nid(&bag)) {
            case NID_pkcs8ShroudedKeyBag: add_shrouded_key(bag, attributes); return;
            case NID_keyBag: add_plain_key(bag, attributes); return;
            case NID_certBag: add_certificate(bag, attributes, first_of_safe); return;
            case NID_secretBag:
                m_bags.pending.emplace_back(OpaqueEntry{alias_for(attributes), encode_bag(bag)});
                return;
            default: m_bags.pending.emplace_back(OpaqueEntry{"", encode_bag(bag)});
        }
    }

    void add_shrouded_key(const PKCS12_SAFEBAG& bag, const BagAttributes& attributes) {
        const X509_SIG* key = PKCS12_SAFEBAG_get0_pkcs8(&bag);
        const X509_ALGOR* algorithm = nullptr;
        X509_SIG_get0(key, &algorithm, nullptr);
        m_bags.uses_pbes1 = m_bags.uses_pbes1 || is_pbes1(*algorithm);
        ++m_bags.key_count;
        if (!attributes.local_key_id && m_bags.key_count > 1) {
            warn("keystore-key-without-id",
                 fmt::format("the key {} has no localKeyID and is not the first: Java leaves it out",
                             in_quotes(attributes.friendly_name.value_or(""))));
            m_bags.pending.emplace_back(OpaqueEntry{"", encode_bag(bag)});
            return;
        }
        add_key(attributes, openssl::to_der(key, i2d_X509_SIG, "encode a private key"));
    }

    void add_plain_key(const PKCS12_SAFEBAG& bag, const BagAttributes& attributes) {
        const PKCS8_PRIV_KEY_INFO* key = PKCS12_SAFEBAG_get0_p8inf(&bag);
        ++m_bags.key_count;
        add_key(attributes, openssl::to_der(key, i2d_PKCS8_PRIV_KEY_INFO, "encode a private key"));
        warn("keystore-plain-key",
             fmt::format("the key {} is not encrypted: Java leaves it out, and whoever reads the file has it",
                         in_quotes(std::get<PendingKey>(m_bags.pending.back()).entry.alias)));
    }

    void add_key(const BagAttributes& attributes, Bytes key) {
        PendingKey found{{alias_for(attributes), 0, std::move(key), {}},
                         attributes.local_key_id.value_or(m_default_id)};
        found.entry.created = date_in(found.local_key_id);
        m_bags.pending.emplace_back(std::move(found));
    }

    void add_certificate(const PKCS12_SAFEBAG& bag, const BagAttributes& attributes, bool first_of_safe) {
        const openssl::CertPtr cert = certificate_of(bag);
        const Bytes der = cert ? openssl::to_der(cert.get(), i2d_X509, "encode a certificate") : Bytes{};
        std::optional<X509View> view = X509View::parse(der);
        if (!view) {
            warn("keystore-certificate-unreadable",
                 "a certificate in the keystore cannot be read; it is kept as it is");
            m_bags.pending.emplace_back(OpaqueEntry{"", encode_bag(bag)});
            return;
        }
        PoolCertificate found{std::move(*view), attributes.local_key_id, std::nullopt, attributes.trusted};
        if (attributes.friendly_name) found.friendly_name = java_lower_case(*attributes.friendly_name);
        // Java's rule for files that say nothing: one key, and the first certificate of a safe behind it.
        if (!found.local_key_id && first_of_safe && m_bags.key_count == 1) found.local_key_id = m_default_id;
        if (attributes.trusted) {
            const JavaTime created = attributes.local_key_id ? date_in(*attributes.local_key_id) : 0;
            m_bags.pending.emplace_back(TrustedEntry{alias_for(attributes), created, der});
        } else {
            m_bags.pending.emplace_back(PendingCertificate{m_bags.pool.size(), encode_bag(bag), attributes.any});
        }
        m_bags.pool.push_back(std::move(found));
    }

    // Java counts the entries without a name.
    std::string alias_for(const BagAttributes& attributes) {
        if (attributes.friendly_name) return java_lower_case(*attributes.friendly_name);
        return std::to_string(++m_nameless);
    }

    void warn(std::string_view code, std::string text) {
        m_bags.findings.push_back({Severity::warning, std::string(code), std::move(text)});
    }

    const Bytes m_default_id = to_bytes(as_bytes("01"));
    CollectedBags m_bags;
    int m_nameless = 0;
};

}  // namespace

CollectedBags collect_bags(const std::vector<BagStackPtr>& safes) {
    BagCollector collector;
    for (const BagStackPtr& safe : safes) collector.collect(safe.get());
    return std::move(collector).take();
}

}  // namespace umsadm::keystore
