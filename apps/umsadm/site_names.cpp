#include "site_names.hpp"

#include <algorithm>
#include <cstdlib>
#include <map>

#include <fmt/format.h>

#include "umsadm/crypto/pem.hpp"
#include "umsadm/registry/gateway.hpp"
#include "umsadm/registry/journal.hpp"
#include "umsadm/registry/request_store.hpp"
#include "umsadm/registry/server.hpp"

#include "context.hpp"
#include "local_time.hpp"

namespace umsadm::app {
namespace {

// The shell has not replaced the "~" of a word that is not complete.
Site open_site(const std::string& option) {
    const char* const home = std::getenv("HOME");
    if (option.starts_with("~/") && home != nullptr) return Site::open(home + option.substr(1));
    return Site::open(find_site_path(option));
}

std::vector<Candidate> gateway_names(const Site& site) {
    std::vector<Candidate> names;
    for (const Gateway& gateway : load_gateways(site)) {
        names.push_back({gateway.name, fmt::format("{}:{}", gateway.host, gateway.port)});
    }
    return names;
}

std::string count_of_gateways(int count) { return count == 1 ? "1 gateway" : fmt::format("{} gateways", count); }

// What gateways have in common, each once.
std::vector<Candidate> counted(const std::map<std::string, int>& counts) {
    std::vector<Candidate> names;
    for (const auto& [name, count] : counts) names.push_back({name, count_of_gateways(count)});
    return names;
}

std::vector<Candidate> label_names(const Site& site) {
    std::map<std::string, int> counts;
    for (const Gateway& gateway : load_gateways(site)) {
        for (const auto& [key, value] : gateway.labels) ++counts[fmt::format("{}={}", key, value)];
    }
    return counted(counts);
}

std::vector<Candidate> group_names(const Site& site) {
    std::map<std::string, int> counts;
    for (const Gateway& gateway : load_gateways(site)) {
        if (!gateway.group.empty()) ++counts[gateway.group];
    }
    return counted(counts);
}

std::vector<Candidate> server_names(const Site& site) {
    const std::string main_server = site.load_settings().main_server;
    std::vector<Candidate> names;
    for (const Server& server : load_servers(site)) {
        const char* const role = server.name == main_server ? ", the main server" : "";
        names.push_back({server.name, server.host + role});
    }
    return names;
}

std::string description_of(const CertificateFiles& files, const Certificate& certificate) {
    const std::string what = certificate.is_ca() ? "authority" : "end entity";
    return fmt::format("{}, generation {}, until {}", what, files.record.generation,
                       format_local_date(certificate.not_after()));
}

// A certificate by each of its names that fits what was typed.
void append_selectors(const CertificateFiles& files, const std::string& typed, bool is_newest, std::string says,
                      std::vector<Candidate>& names) {
    constexpr std::string_view k_digest = "sha256:";
    const CertificateRecord& record = files.record;
    const std::string generation = fmt::format("{}@{}", record.name, record.generation);
    if (typed.starts_with(k_digest)) {
        names.push_back({std::string(k_digest) + record.fingerprint.hex(), fmt::format("{}: {}", generation, says)});
        return;
    }
    if (is_newest) names.push_back({record.name, says});
    if (typed.find('@') != std::string::npos) names.push_back({generation, std::move(says)});
}

std::vector<Candidate> certificate_names(const Site& site, const NameQuery& query) {
    const auto all = load_certificates(site);  // by name and generation
    std::vector<Candidate> names;
    for (auto files = all.begin(); files != all.end(); ++files) {
        const auto parsed = read_pem_certificates(files->certificate_pem);
        const Certificate& certificate = parsed.front();
        if (query.kind == OfferKind::authority && (!certificate.is_ca() || files->record.key == StoredKey::none))
            continue;
        const auto next = std::next(files);
        const bool is_newest = next == all.end() || next->record.name != files->record.name;
        append_selectors(*files, query.typed, is_newest, description_of(*files, certificate), names);
    }
    return names;
}

std::vector<Candidate> request_names(const Site& site) {
    std::vector<Candidate> names;
    const auto all = load_requests(site);
    for (const RequestFiles& files : all) {
        const std::string& name = files.record.name;
        const auto of_that_name =
            std::count_if(all.begin(), all.end(), [&](const RequestFiles& other) { return other.record.name == name; });
        const std::string since = "waits since " + format_local_date(files.record.added);
        if (of_that_name == 1) {
            names.push_back({name, since});
        } else {
            names.push_back({files.record.id.substr(0, 16), fmt::format("{}, {}", name, since)});
        }
    }
    return names;
}

// The newest first.
std::vector<Candidate> backup_names(const Site& site, const std::vector<std::string>& arguments) {
    if (arguments.empty()) return {};
    std::vector<Candidate> names;
    const auto runs = Journal(site.gateway_journal(load_gateway(site, arguments.front()).name), Clock{}).load();
    for (auto run = runs.rbegin(); run != runs.rend(); ++run) {
        if (run->facts.backup_path.empty()) continue;
        names.push_back({Path(run->facts.backup_path).filename().string(),
                         fmt::format("replaced on {}", format_local_date(run->facts.started))});
    }
    return names;
}

}  // namespace

std::vector<Candidate> site_names(const NameQuery& query) {
    const Site site = open_site(query.site);
    switch (query.kind) {
        case OfferKind::gateway: return gateway_names(site);
        case OfferKind::label: return label_names(site);
        case OfferKind::gateway_group: return group_names(site);
        case OfferKind::server: return server_names(site);
        case OfferKind::certificate:
        case OfferKind::authority: return certificate_names(site, query);
        case OfferKind::request: return request_names(site);
        case OfferKind::backup: return backup_names(site, query.arguments);
        case OfferKind::unknown:
        case OfferKind::nothing:
        case OfferKind::file:
        case OfferKind::folder:
        case OfferKind::password_source:
        case OfferKind::finding_code: break;
    }
    return {};
}

}  // namespace umsadm::app
