#include "lib/pki/misplaced_address.hpp"

#include "umsadm/base/error.hpp"

namespace umsadm {

std::optional<HostName> misplaced_address(std::string_view text) {
    try {
        const HostName host = HostName::parse(text);
        if (host.kind() == HostName::Kind::ip) return host;
    } catch (const Error&) {  // no address
    }
    return std::nullopt;
}

}  // namespace umsadm
