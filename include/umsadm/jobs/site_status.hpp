#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "umsadm/base/error.hpp"
#include "umsadm/base/finding.hpp"
#include "umsadm/deploy/probe.hpp"
#include "umsadm/jobs/inventory.hpp"
#include "umsadm/jobs/ums_id.hpp"
#include "umsadm/registry/gateway.hpp"
#include "umsadm/registry/journal.hpp"

namespace umsadm {

// How many days before its end a certificate "expires soon", unless somebody says otherwise.
constexpr long k_expires_soon_days = 30;

// Whether an end has to be thought of: it is past, or within `soon_days`.
enum class Expiry { expired, soon, later };
Expiry expiry_of(UtcTime end, UtcTime now, long soon_days) noexcept;

// A gateway as the site knows it, and what its TLS port showed.
struct GatewayFacts {
    std::string name;
    std::string endpoint;  // "icg.example.com:8443"
    HealthRule health = HealthRule::automatic;
    std::vector<JournalRun> runs;
    std::optional<Probed> served;  // empty: nobody looked, or nobody could
    std::optional<Error> problem;  // why nobody could
    std::map<std::string, std::string> labels{};
    std::string group{};
};

// A server as the site knows it, and what it showed: now, or when it was asked last.
struct ServerFacts {
    std::string name;
    std::string host;
    bool is_main = false;
    bool unfinished_run = false;  // its journal ends in the middle of a change
    bool running = false;         // meaningless without `time`
    std::string not_running;      // why not; may be empty
    std::optional<ServerUmsId> seen;
    std::optional<Error> problem;  // why its UMS ID could not be looked at
    std::optional<UtcTime> time;   // when it was asked; empty: never
};

struct SiteFacts {
    const Inventory& inventory;
    std::vector<GatewayFacts> gateways;
    std::vector<ServerFacts> servers;
    std::optional<Certificate> main_ums_id;  // empty: the site knows none
    std::optional<Fingerprint> registered;   // in the license portal; empty: not noted
    bool offline = false;                    // nobody was asked
    long soon_days = k_expires_soon_days;
    UtcTime now;
};

// What a gateway serves beside what was installed there.
enum class ServedState {
    as_installed,
    differs,
    nothing_served,
    never_deployed,  // umsadm installed nothing there yet
    unknown,         // it could not be asked
    not_asked
};
std::string_view served_state_name(ServedState state) noexcept;  // "as-installed", ...

struct GatewayStatus {
    std::string name;
    std::string endpoint;
    ServedState state = ServedState::unknown;
    std::optional<Fingerprint> installed;       // what the newest deployment that was not taken back put there
    std::string installed_name;                 // "ICG Berlin@3", or its fingerprint; empty when nothing was installed
    std::optional<Fingerprint> served;          // empty: nothing, or nobody knows
    const StoredCertificate* newest = nullptr;  // what the site has for it: the newest generation of the installed one
    std::optional<Certificate> certificate;     // whose end counts: the served one, else the installed one
    std::string certificate_name;               // "ICG Berlin@3", or its fingerprint; empty without a certificate
    std::optional<UtcTime> last_verified;       // when the installed one was last seen served
    std::optional<Health> health;               // empty: nobody asked
    std::map<std::string, std::string> labels;  // of its record
    std::string group;                          // likewise; empty: none
};

struct ServerStatus {
    std::string name;
    std::string host;
    std::optional<bool> running;  // empty: never asked
    UmsIdStatus ums_id = UmsIdStatus::unknown;
    std::optional<Fingerprint> fingerprint;
    std::optional<UtcTime> time;
};

// A certificate of the site that counts: every CA, and of the others the newest of each name and those in use.
struct CertificateStatus {
    const StoredCertificate* stored = nullptr;
    CertificateType type = CertificateType::end_entity;
    std::size_t gateways = 0;  // that have it, or one below it
};

// Something to look at. What is only information does not need attention.
struct Remark {
    std::string_view kind;  // "gateway", "server", "certificate", "ums-id"
    std::string name;
    Finding finding;
    bool unknown = false;  // it is not known whether all is well: nobody could look
    std::string next;      // a command to type; may be empty
};

// The state of a site at one moment. It refers to the inventory of the facts.
struct SiteStatus {
    UtcTime time;
    bool offline = false;
    long soon_days = k_expires_soon_days;
    std::vector<GatewayStatus> gateways;
    std::vector<ServerStatus> servers;
    std::vector<CertificateStatus> certificates;
    std::optional<Certificate> main_ums_id;
    std::optional<bool> main_is_registered;  // empty: not noted, or no Main UMS ID
    std::vector<Remark> remarks;             // the gravest first
    std::optional<long> fewest_days_left;    // of all that is in use; empty: nothing is

    bool needs_attention() const noexcept;  // there is an error or a warning
    std::size_t count(Severity severity) const noexcept;
    Expiry expiry(UtcTime end) const noexcept { return expiry_of(end, time, soon_days); }
};

// Pure: says what the facts mean. What nobody could ask is unknown and has a remark; it never hides the others.
SiteStatus assemble_site_status(const SiteFacts& facts);

}  // namespace umsadm
