#include "checked_points.hpp"

#include <utility>

#include <fmt/format.h>

#include "login.hpp"

namespace umsadm::app {
namespace {

std::string in_mebibytes(std::uint64_t bytes) {
    constexpr std::uint64_t k_mebibyte = 1024 * 1024;
    return fmt::format("{}.{} MiB", bytes / k_mebibyte, bytes % k_mebibyte * 10 / k_mebibyte);
}

Cell verdict_of(const CheckedPoint& point) {
    if (!point.problem) return {"ok", Style::good};
    const std::string name(severity_name(*point.problem));
    return {name, *point.problem == Severity::error ? Style::bad : Style::warning};
}

}  // namespace

void CheckedPoints::good(std::string code, std::string text) {
    m_points.push_back({std::nullopt, std::move(code), std::move(text)});
}

void CheckedPoints::bad(Severity severity, std::string_view code, std::string text) {
    m_points.push_back({severity, std::string(code), std::move(text)});
}

void CheckedPoints::good_login(const LoginOptions& login, const RemoteHost& host) {
    const std::string who = host.description();
    if (!is_local(login)) {
        good("host-key", login.host_keys.empty() ? "is in known_hosts" : "is the trusted one");
        good("login", fmt::format("as {}", who));
    }
    good("root", fmt::format("a shell of root on {}", who));
}

void CheckedPoints::no_access(const Error& error) { bad(Severity::error, code_name(error.code()), error.message()); }

void CheckedPoints::space(std::uint64_t there, std::uint64_t needed, std::string_view where) {
    if (there >= needed) {
        good("space", fmt::format("{} free {}", in_mebibytes(there), where));
    } else {
        bad(Severity::error, "no-space",
            fmt::format("only {} free {}, {} are needed", in_mebibytes(there), where, in_mebibytes(needed)));
    }
}

Findings CheckedPoints::findings() const {
    Findings result;
    for (const CheckedPoint& point : m_points) {
        if (point.problem) result.push_back({*point.problem, point.code, point.text});
    }
    return result;
}

Table CheckedPoints::table() const {
    Table table{{{"RESULT"}, {"CODE"}, {"TEXT"}}, {}, false};
    for (const CheckedPoint& point : m_points) table.rows.push_back({verdict_of(point), point.code, point.text});
    return table;
}

bool is_no_access(const Error& error) noexcept {
    return error.code() == Code::unreachable || error.code() == Code::login_refused || error.code() == Code::host_key ||
           error.code() == Code::interrupted;
}

std::string in_words(const Error& error) {
    return error.hint().empty() ? error.message() : fmt::format("{} ({})", error.message(), error.hint());
}

}  // namespace umsadm::app
