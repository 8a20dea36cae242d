#include "output_file.hpp"

#include <filesystem>

#include <fmt/format.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/file.hpp"
#include "umsadm/base/text.hpp"

namespace umsadm::app {
namespace {

bool is_there(const std::filesystem::path& path) noexcept {
    std::error_code ignored;
    return std::filesystem::exists(path, ignored);
}

// A device, a pipe or a folder would be replaced by a file of its name, or by nothing at all.
void refuse_what_is_no_file(const std::string& file) {
    std::error_code ignored;
    const std::filesystem::file_status status = std::filesystem::status(file, ignored);
    if (!std::filesystem::exists(status) || std::filesystem::is_regular_file(status)) return;
    throw Error(Code::failed, fmt::format("{} is no regular file", in_quotes(file)),
                "-o - writes to standard output, and from there to anywhere");
}

}  // namespace

bool is_standard_output(const std::string& file) noexcept { return file == "-"; }

void check_output_file(const Output& out, const std::string& file) {
    if (is_standard_output(file) && out.json()) throw Error(Code::usage, "-o - cannot be used together with --json");
    if (file.empty()) throw Error(Code::usage, "the name of the output file is empty");
}

void write_output_file(Output& out, const std::string& file, ByteView content, mode_t mode, bool force) {
    if (is_standard_output(file)) return out.raw(content);
    refuse_what_is_no_file(file);
    try {
        write_file(file, content, mode, force ? IfExists::replace : IfExists::refuse);
    } catch (Error& error) {
        const std::filesystem::path folder = std::filesystem::path(file).parent_path();
        if (!force && is_there(file)) error.set_hint("say --force to replace it");
        if (!folder.empty() && !is_there(folder)) error.set_hint("make the folder first, or name another one with -o");
        throw;
    }
}

}  // namespace umsadm::app
