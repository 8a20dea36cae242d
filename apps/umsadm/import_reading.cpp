#include "import_reading.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"

#include "import_file.hpp"
#include "input_limit.hpp"

namespace umsadm::app {
namespace {

bool read_one(Context& ctx, const Path& file, const ImportPasswords& passwords, ImportMaterial& material) {
    return with_context(fmt::format("reading {}", in_quotes(file.string())), [&] {
        Bytes content = read_file(file, k_file_limit);
        const bool found = read_import_content(ctx, content, file.string(), passwords, material);
        wipe_memory(content.data(), content.size());
        return found;
    });
}

// In the order of their names. Symbolic links are followed: certbot's folder of a certificate holds nothing else.
std::vector<Path> entries_of(const Path& folder) {
    std::vector<Path> entries;
    std::error_code error;
    for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end;
         entry.increment(error)) {
        entries.push_back(entry->path());
    }
    if (error) throw system_error(fmt::format("cannot list {}", in_quotes(folder.string())), error.value());
    std::sort(entries.begin(), entries.end());
    return entries;
}

bool is_small_file(const Path& path) {
    std::error_code error;
    return std::filesystem::is_regular_file(path, error) && std::filesystem::file_size(path, error) <= k_file_limit &&
           !error;
}

void read_folder(Context& ctx, const Path& folder, const ImportPasswords& passwords, ImportMaterial& material) {
    bool found = false;
    for (const Path& entry : entries_of(folder)) {
        if (is_small_file(entry) && read_one(ctx, entry, passwords, material)) {
            found = true;
        } else {
            material.passed_over.push_back(entry.string());
        }
    }
    if (!found) {
        throw Error(
            Code::invalid_data,
            fmt::format("there is no certificate and no private key in the folder {}", in_quotes(folder.string())),
            "its own files are read, not those of the folders in it");
    }
}

}  // namespace

ImportMaterial read_import_files(Context& ctx, const std::vector<Path>& files, const ImportPasswords& passwords) {
    ImportMaterial material;
    for (const Path& file : files) {
        ctx.cancellation.check();
        std::error_code ignored;
        if (std::filesystem::is_directory(file, ignored)) {
            read_folder(ctx, file, passwords, material);
        } else if (!read_one(ctx, file, passwords, material)) {
            Error error(Code::invalid_data, "there is no certificate and no private key in this file",
                        "PEM, DER, PKCS#7, PKCS#12, JKS and JCEKS files can be imported");
            error.add_frame(fmt::format("reading {}", in_quotes(file.string())));
            throw error;
        }
    }
    return material;
}

}  // namespace umsadm::app
