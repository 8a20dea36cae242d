#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "umsadm/base/fingerprint.hpp"
#include "umsadm/base/time.hpp"
#include "umsadm/registry/site.hpp"

namespace umsadm {

// ums-id/seen/NAME.json: what a server showed when its UMS ID was looked at last. A try that failed leaves it as it is.
// Facts only: what they mean depends on the Main UMS ID of the moment at which they are shown.
struct LastSeen {
    UtcTime time;
    bool running = false;                    // its web port answered with TLS
    std::optional<Fingerprint> fingerprint;  // empty: the server has no UMS ID
    std::string certificate_pem;             // empty: only the fingerprint is known
    bool restart_pending = false;

    bool operator==(const LastSeen&) const = default;
};

// Empty: never seen. Throws Code::invalid_data naming file and field.
std::optional<LastSeen> load_last_seen(const Site& site, std::string_view server);
// Needs no lock of the caller: the file is replaced as a whole, and the later one wins.
void save_last_seen(const Site& site, std::string_view server, const LastSeen& seen);

}  // namespace umsadm
