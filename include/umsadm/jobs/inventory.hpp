#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "umsadm/crypto/chain.hpp"
#include "umsadm/crypto/issue.hpp"
#include "umsadm/registry/certificate_store.hpp"

namespace umsadm {

// A certificate of the site: what its record says and what it says itself.
struct StoredCertificate {
    CertificateRecord record;
    Certificate certificate;

    std::string label() const;  // "ICG Berlin@3"
    bool has_key() const noexcept { return record.key != StoredKey::none; }
    // Whether the key can be put into a keystore or another file: one in a token cannot.
    bool has_key_file() const noexcept { return has_key() && record.key != StoredKey::token; }
};

// A CA is a root when its own key signed it, else an intermediate; everything else is an end entity.
CertificateType type_of(const Certificate& certificate);

// All certificates of a site, and the questions that commands ask about them. Pure: built from what the registry read.
class Inventory {
public:
    // Throws Code::invalid_data when a certificate is damaged or not the one that its record names.
    // `used`: for each gateway the fingerprint that its newest verified deployment installed.
    Inventory(const std::vector<CertificateFiles>& files, std::map<std::string, Fingerprint> used);
    // For who reads the journals later than the certificates, or at the same time.
    void set_used(std::map<std::string, Fingerprint> used) { m_used = std::move(used); }

    const std::vector<StoredCertificate>& all() const noexcept { return m_all; }  // by name and generation
    // What chains are built from: every CA, and what is named as an issuer without being marked as one.
    std::vector<Certificate> issuers() const;
    // Those of the site that can be above one of `below` in a chain, by name.
    std::vector<Certificate> authorities_above(const std::vector<Certificate>& below) const;

    // Finds by NAME@N, NAME (its newest generation) or fingerprint (prefix). An exact name wins over a prefix.
    // Throws Code::not_found (hint: cert list), Code::ambiguous with the candidates, Code::usage for "sha256:" and no
    // digits.
    const StoredCertificate& select(std::string_view selector) const;

    const StoredCertificate* find(const Fingerprint& fingerprint) const noexcept;
    const StoredCertificate* newest(std::string_view name) const noexcept;
    // What people call it: "ICG Berlin@3", or the whole fingerprint when the site does not have it.
    std::string name_of(const Fingerprint& fingerprint) const;
    // Gateways whose newest verified deployment installed this certificate.
    std::vector<std::string> used_by(const Fingerprint& fingerprint) const;

    Chain chain_of(const Certificate& leaf, UtcTime now) const;
    // The stored certificate of the same authority as the top of a complete chain; null when the site has none.
    const StoredCertificate* root_of(const Chain& chain) const noexcept;
    // The certificate that has the private key of `authority`: itself, or the same key with other dates; null when the
    // site has none.
    const StoredCertificate* holder_of_key(const Certificate& authority) const noexcept;
    // Certificates that were signed by `issuer`, itself left out.
    std::vector<const StoredCertificate*> issued_by(const Certificate& issuer) const;

private:
    const StoredCertificate& select_generation(std::string_view name, int generation) const;
    const StoredCertificate& select_fingerprint(std::string_view selector, std::string_view digits) const;

    std::vector<StoredCertificate> m_all;
    std::map<std::string, Fingerprint> m_used;
    std::map<Fingerprint, std::size_t> m_by_fingerprint;  // where in m_all
    std::multimap<Bytes, std::size_t> m_by_subject;       // canonical subject, where in m_all
};

}  // namespace umsadm
