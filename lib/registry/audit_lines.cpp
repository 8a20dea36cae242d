#include "lib/registry/audit_lines.hpp"

#include <fstream>
#include <system_error>

#include <fmt/format.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"

namespace umsadm {

bool read_audit_lines(const Path& log, const std::function<void(std::size_t, const std::string&)>& take) {
    const Error unreadable(Code::failed, fmt::format("cannot read {}", in_quotes(log.string())));
    std::error_code problem;
    const auto status = std::filesystem::status(log, problem);
    if (status.type() == std::filesystem::file_type::not_found) return false;
    if (!std::filesystem::is_regular_file(status)) throw unreadable;
    std::ifstream file(log, std::ios::binary);
    if (!file) throw unreadable;
    std::string line;
    for (std::size_t number = 1; std::getline(file, line); ++number) {
        if (file.eof()) return true;
        take(number, line);
    }
    if (file.bad()) throw unreadable;
    return false;
}

}  // namespace umsadm
