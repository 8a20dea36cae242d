#include "output_file.hpp"

#include <filesystem>

#include "umsadm/base/error.hpp"
#include "umsadm/base/file.hpp"

namespace umsadm::app {

bool is_standard_output(const std::string& file) noexcept { return file == "-"; }

void check_output_file(const Output& out, const std::string& file) {
    if (is_standard_output(file) && out.json()) throw Error(Code::usage, "-o - cannot be used together with --json");
    if (file.empty()) throw Error(Code::usage, "the name of the output file is empty");
}

void write_output_file(Output& out, const std::string& file, ByteView content, mode_t mode, bool force) {
    if (is_standard_output(file)) return out.raw(content);
    try {
        write_file(file, content, mode, force ? IfExists::replace : IfExists::refuse);
    } catch (Error& error) {
        std::error_code ignored;
        if (!force && std::filesystem::exists(file, ignored)) error.set_hint("say --force to replace it");
        throw;
    }
}

}  // namespace umsadm::app
