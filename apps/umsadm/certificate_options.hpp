#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "umsadm/base/host_name.hpp"
#include "umsadm/base/time.hpp"
#include "umsadm/crypto/certificate.hpp"

#include "command.hpp"
#include "output.hpp"

namespace umsadm::app {

// --valid-until and --days.
struct LifetimeOptions {
    std::optional<std::chrono::year_month_day> valid_until;
    std::optional<int> days;
};

// `usual`: what happens without them, for the help.
void add_lifetime_options(Command& command, LifetimeOptions& options, const std::string& usual);

// The end that was asked for; empty when none was. Throws Code::usage when both options are given or the end is past.
std::optional<UtcTime> wanted_end(const LifetimeOptions& options, UtcTime now);

// --common-name, --holder (end entities only), --organization, --locality, --country.
enum class WithHolder { no, yes };
void add_subject_options(Command& command, SubjectFields& subject, WithHolder with_holder);

// --key. A key that gateways may be unable to read gets a warning.
void add_key_option(Command& command, std::optional<KeySpec>& key, const std::string& usual);
void warn_about_key(const KeySpec& key, Output& out);

// --host: repeatable, several separated by ';'.
ValueReader into_hosts(std::vector<HostName>& hosts);

}  // namespace umsadm::app
