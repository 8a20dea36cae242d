#include "umsadm/jobs/inventory.hpp"

#include <algorithm>
#include <charconv>
#include <set>
#include <tuple>

#include <fmt/format.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"
#include "umsadm/crypto/pem.hpp"

namespace umsadm {
namespace {

constexpr std::string_view k_list_hint = "run \"umsadm cert list\" to see all certificates";

StoredCertificate parse(const CertificateFiles& files) {
    const CertificateRecord& record = files.record;
    return with_context(
        fmt::format("reading certificate {}", in_quotes(fmt::format("{}@{}", record.name, record.generation))), [&] {
            const std::vector<Certificate> certificates = read_pem_certificates(files.certificate_pem);
            if (certificates.size() != 1 || certificates.front().fingerprint() != record.fingerprint) {
                throw Error(Code::invalid_data,
                            fmt::format("certificate.pem does not hold exactly the certificate {}",
                                        record.fingerprint.to_string()),
                            "put the folder of the certificate back from a backup");
            }
            return StoredCertificate{record, certificates.front()};
        });
}

struct NameAndGeneration {
    std::string_view name;
    int generation;
};

// "NAME@2". Empty when the text does not end in "@" and a number.
std::optional<NameAndGeneration> split_generation(std::string_view selector) {
    const auto at = selector.rfind('@');
    if (at == std::string_view::npos || at == 0) return std::nullopt;
    const std::string_view digits = selector.substr(at + 1);
    int generation = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), generation);
    if (error != std::errc() || end != digits.data() + digits.size() || generation < 1) return std::nullopt;
    return NameAndGeneration{selector.substr(0, at), generation};
}

std::string describe(const std::vector<const StoredCertificate*>& candidates) {
    constexpr std::size_t shown = 10;
    std::string text;
    for (std::size_t i = 0; i < std::min(shown, candidates.size()); ++i) {
        const StoredCertificate& candidate = *candidates[i];
        text += fmt::format("{}{} (sha256:{})", i == 0 ? "" : ", ", in_quotes(candidate.label()),
                            candidate.record.fingerprint.hex().substr(0, 16));
    }
    if (candidates.size() > shown) text += fmt::format(" and {} more", candidates.size() - shown);
    return text;
}

bool is_issued_by(const Certificate& certificate, const Certificate& issuer) {
    // The signature is the expensive part, so the names come first.
    return certificate.canonical_issuer() == issuer.canonical_subject() && certificate.is_signed_by(issuer);
}

}  // namespace

std::string StoredCertificate::label() const { return fmt::format("{}@{}", record.name, record.generation); }

CertificateType type_of(const Certificate& certificate) {
    if (!certificate.is_ca()) return CertificateType::end_entity;
    return certificate.is_self_signed() ? CertificateType::root : CertificateType::intermediate;
}

Inventory::Inventory(const std::vector<CertificateFiles>& files, std::map<std::string, Fingerprint> used)
    : m_used(std::move(used)) {
    m_all.reserve(files.size());
    std::transform(files.begin(), files.end(), std::back_inserter(m_all), parse);
    std::sort(m_all.begin(), m_all.end(), [](const StoredCertificate& a, const StoredCertificate& b) {
        return std::tie(a.record.name, a.record.generation) < std::tie(b.record.name, b.record.generation);
    });
    for (std::size_t i = 0; i < m_all.size(); ++i) {
        m_by_fingerprint.emplace(m_all[i].record.fingerprint, i);
        m_by_subject.emplace(m_all[i].certificate.canonical_subject(), i);
    }
}

std::vector<Certificate> Inventory::issuers() const {
    std::set<Bytes> names;
    for (const StoredCertificate& stored : m_all) names.insert(stored.certificate.canonical_issuer());
    std::vector<Certificate> certificates;
    for (const StoredCertificate& stored : m_all) {
        const Certificate& certificate = stored.certificate;
        if (certificate.is_ca() || names.contains(certificate.canonical_subject())) certificates.push_back(certificate);
    }
    return certificates;
}

const StoredCertificate& Inventory::select(std::string_view selector) const {
    if (const StoredCertificate* exact = newest(selector); exact != nullptr) return *exact;
    if (const auto wanted = split_generation(selector); wanted && newest(wanted->name) != nullptr) {
        return select_generation(wanted->name, wanted->generation);
    }
    const auto digits = parse_fingerprint_prefix(selector);
    if (!digits) {
        if (to_lower(selector).starts_with("sha256:")) {
            throw Error(Code::usage, fmt::format("{} is no fingerprint", in_quotes(selector)),
                        "give at least its first 8 hex digits");
        }
        throw Error(Code::not_found, fmt::format("there is no certificate {}", in_quotes(selector)),
                    std::string(k_list_hint));
    }
    return select_fingerprint(selector, *digits);
}

const StoredCertificate& Inventory::select_generation(std::string_view name, int generation) const {
    std::string present;
    for (const StoredCertificate& stored : m_all) {
        if (stored.record.name != name) continue;
        if (stored.record.generation == generation) return stored;
        present += fmt::format("{}{}", present.empty() ? "" : ", ", stored.record.generation);
    }
    throw Error(Code::not_found, fmt::format("the certificate {} has no generation {}", in_quotes(name), generation),
                fmt::format("its generations are: {}", present));
}

const StoredCertificate& Inventory::select_fingerprint(std::string_view selector, std::string_view digits) const {
    std::vector<const StoredCertificate*> candidates;
    for (const StoredCertificate& stored : m_all) {
        if (stored.record.fingerprint.hex().starts_with(digits)) candidates.push_back(&stored);
    }
    if (candidates.empty()) {
        throw Error(Code::not_found,
                    fmt::format("there is no certificate with the fingerprint {}", in_quotes(selector)),
                    std::string(k_list_hint));
    }
    if (candidates.size() > 1) {
        throw Error(
            Code::ambiguous,
            fmt::format("the fingerprint {} fits several certificates: {}", in_quotes(selector), describe(candidates)),
            "give more of its digits, or a name");
    }
    return *candidates.front();
}

const StoredCertificate* Inventory::find(const Fingerprint& fingerprint) const noexcept {
    const auto found = m_by_fingerprint.find(fingerprint);
    return found == m_by_fingerprint.end() ? nullptr : &m_all[found->second];
}

const StoredCertificate* Inventory::newest(std::string_view name) const noexcept {
    // Sorted by name and generation: the last one of its name.
    const auto after = std::upper_bound(
        m_all.begin(), m_all.end(), name,
        [](std::string_view wanted, const StoredCertificate& stored) { return wanted < stored.record.name; });
    if (after == m_all.begin() || std::prev(after)->record.name != name) return nullptr;
    return &*std::prev(after);
}

std::string Inventory::name_of(const Fingerprint& fingerprint) const {
    const StoredCertificate* stored = find(fingerprint);
    return stored != nullptr ? stored->label() : fingerprint.to_string();
}

std::vector<std::string> Inventory::used_by(const Fingerprint& fingerprint) const {
    std::vector<std::string> gateways;
    for (const auto& [gateway, installed] : m_used) {
        if (installed == fingerprint) gateways.push_back(gateway);
    }
    return gateways;
}

std::vector<Certificate> Inventory::authorities_above(const std::vector<Certificate>& below) const {
    // A site has thousands of leaves and few authorities: only names are looked at.
    std::vector<Bytes> wanted;
    const auto want = [&](const Bytes& name) {
        if (std::find(wanted.begin(), wanted.end(), name) == wanted.end()) wanted.push_back(name);
    };
    for (const Certificate& certificate : below) want(certificate.canonical_issuer());
    std::vector<Certificate> authorities;
    std::size_t found = 0;
    while (found < wanted.size()) {  // it grows meanwhile
        const auto [first, last] = m_by_subject.equal_range(wanted[found++]);
        for (auto entry = first; entry != last; ++entry) {
            authorities.push_back(m_all[entry->second].certificate);
            want(authorities.back().canonical_issuer());
        }
    }
    return authorities;
}

Chain Inventory::chain_of(const Certificate& leaf, UtcTime now) const {
    return build_chain(leaf, authorities_above({leaf}), now);
}

const StoredCertificate* Inventory::root_of(const Chain& chain) const noexcept {
    if (!chain.complete || chain.certificates.empty()) return nullptr;
    const Certificate& top = chain.top();
    if (const StoredCertificate* same = find(top.fingerprint()); same != nullptr) return same;
    const auto [first, last] = m_by_subject.equal_range(top.canonical_subject());
    for (auto entry = first; entry != last; ++entry) {
        const StoredCertificate& stored = m_all[entry->second];
        if (same_authority(stored.certificate, top)) return &stored;
    }
    return nullptr;
}

const StoredCertificate* Inventory::holder_of_key(const Certificate& authority) const noexcept {
    const StoredCertificate* const itself = find(authority.fingerprint());
    if (itself != nullptr && itself->has_key()) return itself;
    const auto found = std::find_if(m_all.begin(), m_all.end(), [&](const StoredCertificate& stored) {
        return stored.has_key() && stored.certificate.public_key_der() == authority.public_key_der();
    });
    return found == m_all.end() ? nullptr : &*found;
}

std::vector<const StoredCertificate*> Inventory::issued_by(const Certificate& issuer) const {
    std::vector<const StoredCertificate*> issued;
    for (const StoredCertificate& stored : m_all) {
        if (stored.certificate != issuer && is_issued_by(stored.certificate, issuer)) issued.push_back(&stored);
    }
    return issued;
}

}  // namespace umsadm
