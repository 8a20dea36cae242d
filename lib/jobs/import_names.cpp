#include "lib/jobs/import_names.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"
#include "umsadm/registry/certificate_store.hpp"

namespace umsadm {
namespace {

constexpr std::size_t k_fingerprint_digits = 16;
constexpr std::size_t k_longest_base = 120;  // bytes; well below what a display name may have

bool is_display_name(const std::string& name) {
    try {
        check_display_name(name);
        return true;
    } catch (const Error&) {
        return false;
    }
}

// A subject may hold what a display name must not: a path, a line break, "@3".
std::string without_forbidden(std::string_view text) {
    std::size_t size = std::min(text.size(), k_longest_base);
    while (size > 0 && !is_utf8(text.substr(0, size))) --size;
    std::string name;
    for (const char c : printable(text.substr(0, size))) name += c == '/' || c == '@' ? '-' : c;
    return std::string(trim(name));
}

std::string base_name(const Certificate& certificate) {
    const SubjectFields subject = certificate.subject_fields();
    for (const std::string& text : {subject.common_name, subject.organization}) {
        std::string name = is_display_name(text) ? text : without_forbidden(text);
        if (is_display_name(name)) return name;
    }
    return certificate.fingerprint().hex().substr(0, k_fingerprint_digits);
}

// The certificate that a wished name is meant for: the only one for a gateway, else the only one of all.
const Certificate& owner_of_wish(const std::vector<Certificate>& imported) {
    const auto is_end = [](const Certificate& c) { return type_of(c) == CertificateType::end_entity; };
    const auto ends = std::count_if(imported.begin(), imported.end(), is_end);
    if (ends == 1) return *std::find_if(imported.begin(), imported.end(), is_end);
    if (ends == 0 && imported.size() == 1) return imported.front();
    throw Error(Code::usage,
                fmt::format("a name can be given to one certificate, and there are {} that could get it",
                            ends > 1 ? static_cast<std::size_t>(ends) : imported.size()),
                "import them one by one");
}

}  // namespace

ImportNames::ImportNames(const Inventory& inventory, const std::vector<Certificate>& imported,
                         const std::string& wished)
    : m_wished(wished) {
    // By name and generation: the newest one comes last and stays.
    for (const StoredCertificate& stored : inventory.all()) {
        m_newest.insert_or_assign(stored.record.name, stored.certificate);
    }
    if (wished.empty()) return;
    check_display_name(wished);
    m_wished_for = owner_of_wish(imported).fingerprint();
}

ImportNames::LineKey ImportNames::line_key(const Certificate& certificate) {
    std::vector<HostName> hosts = certificate.hosts();
    std::sort(hosts.begin(), hosts.end());
    return {type_of(certificate), certificate.canonical_subject(), std::move(hosts)};
}

std::string ImportNames::name_in_series(const std::string& base, const Certificate& certificate) {
    Series& series = m_series[base];
    const LineKey key = line_key(certificate);
    if (const auto line = series.lines.find(key); line != series.lines.end()) return line->second;
    while (true) {
        std::string name = series.next == 1 ? base : fmt::format("{} {}", base, series.next);
        ++series.next;
        const auto there = m_newest.find(name);
        const LineKey found = there == m_newest.end() ? key : line_key(there->second);
        series.lines.emplace(found, name);
        if (found == key) return name;
    }
}

void ImportNames::require_same_type(const std::string& name, const Certificate& certificate) const {
    const auto newest = m_newest.find(name);
    if (newest == m_newest.end() || type_of(newest->second) == type_of(certificate)) return;
    throw Error(Code::usage, fmt::format("the name {} belongs to a certificate of another type", in_quotes(name)),
                "choose another name");
}

std::string ImportNames::name_for(const Certificate& certificate, const std::string& promised) {
    const bool is_wished = m_wished_for == certificate.fingerprint();
    std::string name = is_wished ? m_wished : promised;
    if (name.empty()) {
        name = name_in_series(base_name(certificate), certificate);
    } else {
        require_same_type(name, certificate);
    }
    m_newest.insert_or_assign(name, certificate);
    return name;
}

}  // namespace umsadm
