#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "umsadm/base/error.hpp"
#include "umsadm/base/finding.hpp"
#include "umsadm/registry/login.hpp"
#include "umsadm/remote/remote_host.hpp"

#include "table.hpp"

namespace umsadm::app {

// Something that was looked at, and found good or not.
struct CheckedPoint {
    std::optional<Severity> problem;  // empty: good
    std::string code;
    std::string text;
};

// What "gateway check" and "server check" have to say, in the order in which it was looked at.
class CheckedPoints {
public:
    void good(std::string code, std::string text);
    void bad(Severity severity, std::string_view code, std::string text);
    // That there is a connection with root's rights to this host.
    void good_login(const LoginOptions& login, const RemoteHost& host);
    // That nobody could look at all.
    void no_access(const Error& error);
    // How much there is for the files of a change; `where`: "beside the keystore".
    void space(std::uint64_t there, std::uint64_t needed, std::string_view where);

    Findings findings() const;  // the points that are not good
    Table table() const;

private:
    std::vector<CheckedPoint> m_points;
};

// Not a matter of the host's state, but of reaching it.
bool is_no_access(const Error& error) noexcept;

// Message and hint on one line.
std::string in_words(const Error& error);

}  // namespace umsadm::app
