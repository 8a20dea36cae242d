#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "umsadm/base/text.hpp"

#include "lib/keystore/entry_rules.hpp"
#include "lib/keystore/java_chain.hpp"
#include "lib/keystore/pkcs12_collect.hpp"
#include "lib/keystore/pkcs12_file.hpp"

namespace umsadm::keystore {
namespace {

Bytes der_of(const PoolCertificate& certificate) {
    return openssl::to_der(certificate.x509.handle(), i2d_X509, "encode a certificate");
}

// Gives every key its chain, and finds the certificates that belong to no entry.
class EntryBuilder {
public:
    EntryBuilder(CollectedBags& bags, std::size_t file_size)
        : m_bags(bags), m_chains(bags.pool), m_chain_bytes_left(k_most_growth * file_size) {}

    std::vector<KeystoreEntry> build() {
        for (PendingEntry& pending : m_bags.pending) {
            if (auto* key = std::get_if<PendingKey>(&pending)) add_chain(*key);
        }
        choose_issuer_copies();
        std::vector<KeystoreEntry> entries;
        for (PendingEntry& pending : m_bags.pending) std::visit([&](auto& kind) { finish(kind, entries); }, pending);
        return entries;
    }

    // Known after build().
    std::size_t unused_certificates() const noexcept { return m_unused; }

private:
    // Keys share issuers in the file but not in memory: without a limit a small file could fill it.
    static constexpr std::size_t k_most_growth = 32;

    void add_chain(PendingKey& key) {
        std::vector<std::size_t> chain = m_chains.chain_of(key.local_key_id, key.entry.alias);
        if (chain.empty() && m_bags.key_count == 1) chain = chain_of_only_key();
        for (const std::size_t at : chain) {
            Bytes der = der_of(m_bags.pool[at]);
            if (der.size() > m_chain_bytes_left) {
                throw Error(Code::invalid_data, "the chains of the keystore are out of proportion to its size");
            }
            m_chain_bytes_left -= der.size();
            if (at == chain.front()) {
                m_leaves.insert(at);
                m_leaf_ders.insert(der);
            } else {
                m_issuer_ders.insert(der);
            }
            key.entry.chain.push_back(std::move(der));
        }
    }

    // Where nothing tells which certificate is the key's: the one that did not issue any other.
    std::vector<std::size_t> chain_of_only_key() {
        std::set<std::size_t> candidates;
        std::set<std::size_t> issuers;
        for (std::size_t at = 0; at < m_bags.pool.size(); ++at) {
            if (m_bags.pool[at].trusted) continue;
            candidates.insert(at);
            const std::vector<std::size_t> chain = m_chains.chain_from(at);
            issuers.insert(chain.begin() + 1, chain.end());
        }
        std::erase_if(candidates, [&](std::size_t at) { return issuers.contains(at); });
        return candidates.size() == 1 ? m_chains.chain_from(*candidates.begin()) : std::vector<std::size_t>{};
    }

    // An issuer is written once, without attributes, unless it stands in the file as a leaf or a trusted entry anyway.
    // That one copy belongs to the chains; any further copy is carried like every certificate without an entry.
    void choose_issuer_copies() {
        std::set<Bytes> elsewhere = m_leaf_ders;
        for (const PendingEntry& pending : m_bags.pending) {
            if (const auto* trusted = std::get_if<TrustedEntry>(&pending)) {
                elsewhere.insert(trusted->certificate);
                m_trusted_ders.insert(trusted->certificate);
            }
        }
        std::map<Bytes, const PendingCertificate*> copies;
        for (const PendingEntry& pending : m_bags.pending) {
            const auto* certificate = std::get_if<PendingCertificate>(&pending);
            if (certificate == nullptr || m_leaves.contains(certificate->at)) continue;
            Bytes der = der_of(m_bags.pool[certificate->at]);
            if (!m_issuer_ders.contains(der) || elsewhere.contains(der)) continue;
            const PendingCertificate*& chosen = copies[std::move(der)];
            if (chosen == nullptr || (chosen->has_attributes && !certificate->has_attributes)) chosen = certificate;
        }
        for (const auto& [der, copy] : copies) m_issuer_copies.insert(copy->at);
    }

    void finish(PendingKey& key, std::vector<KeystoreEntry>& entries) { entries.emplace_back(std::move(key.entry)); }
    void finish(TrustedEntry& entry, std::vector<KeystoreEntry>& entries) { entries.emplace_back(std::move(entry)); }
    void finish(OpaqueEntry& entry, std::vector<KeystoreEntry>& entries) { entries.emplace_back(std::move(entry)); }

    void finish(PendingCertificate& certificate, std::vector<KeystoreEntry>& entries) {
        if (m_leaves.contains(certificate.at) || m_issuer_copies.contains(certificate.at)) return;
        entries.emplace_back(OpaqueEntry{"", std::move(certificate.bag)});
        const Bytes der = der_of(m_bags.pool[certificate.at]);
        if (!m_leaf_ders.contains(der) && !m_issuer_ders.contains(der) && !m_trusted_ders.contains(der)) ++m_unused;
    }

    CollectedBags& m_bags;
    JavaChains m_chains;
    std::size_t m_chain_bytes_left;
    std::set<std::size_t> m_leaves;
    std::set<std::size_t> m_issuer_copies;
    std::set<Bytes> m_leaf_ders;
    std::set<Bytes> m_issuer_ders;
    std::set<Bytes> m_trusted_ders;
    std::size_t m_unused = 0;
};

}  // namespace

DecodedKeystore decode_pkcs12(ByteView file, const Secret* password) {
    const openssl::CleanErrorQueue errors;
    const Pkcs12Content content = open_pkcs12(file, password);
    CollectedBags bags = collect_bags(content.safes);
    EntryBuilder builder(bags, file.size());

    DecodedKeystore decoded;
    decoded.keystore.format = StoreFormat::pkcs12;
    decoded.keystore.entries = builder.build();
    const bool old = content.uses_sha1_mac || content.uses_pbes1 || bags.uses_pbes1;
    decoded.keystore.profile = old ? Pkcs12Profile::compatible : Pkcs12Profile::modern;
    decoded.integrity_verified = content.mac_verified;
    decoded.findings = std::move(bags.findings);
    if (!content.has_mac) {
        decoded.findings.push_back({Severity::warning, "keystore-no-mac",
                                    "nothing protects the integrity of this keystore: a changed byte goes unnoticed"});
    }
    if (builder.unused_certificates() > 0) {
        decoded.findings.push_back(
            {Severity::info, "keystore-unused-certificate",
             fmt::format("{} certificates belong to no entry: Java does not see them, they are kept",
                         builder.unused_certificates())});
    }
    if (content.trailing_bytes) add_trailing_bytes_finding(decoded.findings);
    check_key_chains(decoded.keystore, decoded.findings);
    check_aliases(decoded.keystore, decoded.findings);
    return decoded;
}

}  // namespace umsadm::keystore
