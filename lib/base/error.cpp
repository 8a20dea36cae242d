#include "umsadm/base/error.hpp"

#include <system_error>

#include <fmt/format.h>

namespace umsadm {

std::string_view code_name(Code code) noexcept {
    switch (code) {
        case Code::failed: return "failed";
        case Code::busy: return "busy";
        case Code::invalid_data: return "invalid-data";
        case Code::not_recorded: return "not-recorded";
        case Code::usage: return "usage";
        case Code::ambiguous: return "ambiguous";
        case Code::needs_answer: return "needs-answer";
        case Code::not_found: return "not-found";
        case Code::refused: return "refused";
        case Code::unreachable: return "unreachable";
        case Code::login_refused: return "login-refused";
        case Code::host_key: return "host-key";
        case Code::restored: return "restored";
        case Code::restore_failed: return "restore-failed";
        case Code::interrupted: return "interrupted";
    }
    return "failed";
}

Error::Error(Code code, std::string message, std::string hint)
    : m_code(code), m_message(std::move(message)), m_hint(std::move(hint)) {}

void Error::add_frame(std::string frame) { m_frames.push_back(std::move(frame)); }

void Error::set_hint(std::string hint) { m_hint = std::move(hint); }

Error system_error(std::string_view message, int error_number, std::string hint) {
    return Error(Code::failed, fmt::format("{}: {}", message, std::generic_category().message(error_number)),
                 std::move(hint));
}

}  // namespace umsadm
