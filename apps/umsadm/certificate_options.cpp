#include "certificate_options.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"

#include "local_time.hpp"

namespace umsadm::app {
namespace {

constexpr int k_most_days = 36525;  // a hundred years
constexpr int k_last_year = 9999;   // RFC 5280, 4.1.2.5.2: GeneralizedTime has four digits

}  // namespace

void add_lifetime_options(Command& command, LifetimeOptions& options, const std::string& usual) {
    command.heading("Validity")
        .option("--valid-until", "DATE",
                fmt::format("valid until 23:59:59 local time on this day, as in 2027-12-31 {}", usual),
                {[&options](const std::string& text) {
                     options.valid_until = parse_date(text);
                     if (!options.valid_until || static_cast<int>(options.valid_until->year()) > k_last_year) {
                         throw Error(Code::usage, fmt::format("{} is not a day like 2027-12-31", in_quotes(text)));
                     }
                 },
                 false})
        .option("--days", "N", "valid for N days from now", into_number(options.days, 1, k_most_days));
}

std::optional<UtcTime> wanted_end(const LifetimeOptions& options, UtcTime now) {
    if (options.valid_until && options.days) {
        throw Error(Code::usage, "--valid-until and --days cannot be used together");
    }
    if (options.days) return now + std::chrono::days(*options.days);
    if (!options.valid_until) return std::nullopt;
    const UtcTime end = end_of_local_day(*options.valid_until);
    if (end <= now) {
        throw Error(Code::usage, fmt::format("--valid-until {} is in the past", format_local_date(end)));
    }
    return end;
}

void add_subject_options(Command& command, SubjectFields& subject, WithHolder with_holder) {
    command.heading("Subject");
    command.option("--common-name", "TEXT", "the common name (default: NAME)", into(subject.common_name));
    if (with_holder == WithHolder::yes) {
        command.option("--holder", "TEXT", "first and last name of the certificate's holder", into(subject.holder));
    }
    command.option("--organization", "TEXT", "the organization", into(subject.organization))
        .option("--locality", "TEXT", "the town", into(subject.locality))
        .option("--country", "CC", "the country, two letters", into(subject.country));
}

void add_key_option(Command& command, std::optional<KeySpec>& key, const std::string& usual) {
    command.heading("Key").option(
        "--key", "KIND", fmt::format("rsa:2048 to rsa:8192, ec:p256, ec:p384, ec:p521 or ed25519 (default: {})", usual),
        into(key));
}

void warn_about_key(const KeySpec& key, Output& out) {
    if (key.type == KeySpec::Type::ed25519) {
        out.warning("Java before version 15 cannot read an ed25519 key: such a gateway would not start with it");
    }
}

ValueReader into_hosts(std::vector<HostName>& hosts) {
    return {[&hosts](const std::string& text) {
                for (const HostName& host : parse_host_list(text)) {
                    if (std::find(hosts.begin(), hosts.end(), host) == hosts.end()) hosts.push_back(host);
                }
            },
            true};
}

}  // namespace umsadm::app
