#include "proxy_export.hpp"

#include <algorithm>
#include <system_error>

#include <fmt/format.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/file.hpp"
#include "umsadm/base/text.hpp"

#include "certificate_storing.hpp"

namespace umsadm::app {
namespace {

namespace fs = std::filesystem;

// "DIR/" and "DIR" are the same folder; what is replaced is the name, so a symbolic link is refused later.
Path without_slash(const std::string& folder) {
    const Path path(folder);
    return path.has_filename() ? path : path.parent_path();
}

// A folder that is exchanged as a whole must take nothing with it that is somebody else's.
void require_nothing_else(const Path& folder, const std::vector<NewFile>& files) {
    const std::string called = in_quotes(folder.string());
    std::error_code error;
    if (!fs::is_directory(fs::symlink_status(folder, error))) {
        throw Error(Code::failed, fmt::format("{} is there and is no folder", called), "choose another one");
    }
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
        const std::string name = entry->path().filename().string();
        if (std::any_of(files.begin(), files.end(), [&](const NewFile& file) { return file.name == name; })) continue;
        throw Error(Code::failed, fmt::format("{} holds a file that would be lost: {}", called, in_quotes(name)),
                    "choose a folder of its own, or move that away");
    }
    if (error) throw system_error(fmt::format("cannot list {}", called), error.value());
}

void write_folder(const Path& folder, const std::vector<NewFile>& files, bool force) {
    std::error_code ignored;
    if (!fs::exists(fs::symlink_status(folder, ignored))) return publish_folder(folder, files);
    if (!force) {
        throw Error(Code::failed, fmt::format("{} is there already", in_quotes(folder.string())),
                    "say --force to replace it");
    }
    require_nothing_else(folder, files);
    replace_folder(folder, files);
}

}  // namespace

std::vector<std::string> export_for_proxy(Context& ctx, const Site& site, const StoredCertificate& stored,
                                          const Inventory& inventory, const ExportOptions& options,
                                          const std::string& folder, bool force) {
    const std::string issuers = issuers_pem(stored, inventory, ctx.now());
    const PrivateKey key = load_private_key(ctx, site, stored, options.key_password, "--key-password");
    const Secret key_pem = key.to_pem();
    // With the root: the set-up of a device compares its fingerprint, so it has to be sent.
    const std::string chain = stored.certificate.pem() + issuers;
    Bytes all_in_one;
    all_in_one.reserve(chain.size() + key_pem.reveal_bytes().size());  // no copy of the key is left behind by growing
    all_in_one.insert(all_in_one.end(), chain.begin(), chain.end());
    all_in_one.insert(all_in_one.end(), key_pem.reveal_bytes().begin(), key_pem.reveal_bytes().end());
    const Secret haproxy{ByteView(all_in_one)};
    wipe_memory(all_in_one.data(), all_in_one.size());

    const std::vector<NewFile> files{{"fullchain.pem", as_bytes(chain), k_public},
                                     {"privkey.pem", key_pem.reveal_bytes(), k_owner_only},
                                     {"chain.pem", as_bytes(issuers), k_public},
                                     {"haproxy.pem", haproxy.reveal_bytes(), k_owner_only}};
    write_folder(without_slash(folder), files, force);
    std::vector<std::string> names;
    for (const NewFile& file : files) names.push_back(file.name);
    return names;
}

}  // namespace umsadm::app
