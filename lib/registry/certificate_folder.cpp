#include "lib/registry/certificate_folder.hpp"

#include <fmt/format.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"

#include "lib/registry/folder_listing.hpp"

namespace umsadm {
namespace {

constexpr std::string_view k_certificate_file = "certificate.pem";

}  // namespace

Path certificate_file(const Path& folder) { return folder / k_certificate_file; }

Path key_file(const Path& folder) { return folder / k_key_file; }

Path record_file(const Path& folder) { return folder / k_record_file; }

std::string read_certificate_pem(const Path& folder) { return read_text_file(certificate_file(folder), k_pem_limit); }

Secret read_key_pem(const Path& folder) {
    Bytes content = read_file(key_file(folder), k_pem_limit);
    Secret key{ByteView(content)};
    wipe_memory(content.data(), content.size());
    return key;
}

std::vector<NewFile> certificate_folder_files(const std::string& record_text, const std::string& certificate_pem,
                                              const Secret* key_pem) {
    std::vector<NewFile> files;
    if (key_pem != nullptr) files.push_back({std::string(k_key_file), key_pem->reveal_bytes(), k_owner_only});
    files.push_back({std::string(k_certificate_file), as_bytes(certificate_pem), k_public});
    files.push_back({std::string(k_record_file), as_bytes(record_text), k_public});
    return files;
}

void publish_certificate_folder(const Path& folder, const std::string& record_text, const std::string& certificate_pem,
                                const Secret* key_pem) {
    publish_folder(folder, certificate_folder_files(record_text, certificate_pem, key_pem));
}

void replace_certificate_folder(const Path& folder, const std::string& record_text, const std::string& certificate_pem,
                                const Secret* key_pem) {
    replace_folder(folder, certificate_folder_files(record_text, certificate_pem, key_pem));
}

void add_key_to_folder(const Path& folder, const std::string& record_text, const Secret& key_pem) {
    remove_leftovers(folder);
    // The key before the record that promises it. Replaced, because a run that was killed between the two left one
    // that no record speaks of.
    write_file(key_file(folder), key_pem.reveal_bytes(), k_owner_only, IfExists::replace);
    write_file(record_file(folder), as_bytes(record_text), k_public, IfExists::replace);
}

std::vector<Path> certificate_folders(const Path& parent) {
    std::vector<Path> folders;
    for (const std::string& name : names_in(parent)) {
        if (const auto fingerprint = Fingerprint::parse(name); !fingerprint || fingerprint->hex() != name) {
            throw Error(Code::invalid_data,
                        fmt::format("{} is no folder of a certificate", in_quotes((parent / name).string())),
                        fmt::format("move it away: in {} there is one folder per certificate, named by its fingerprint",
                                    in_quotes(parent.filename().string())));
        }
        folders.push_back(parent / name);
    }
    return folders;
}

void require_named_by(const Path& folder, const Fingerprint& fingerprint) {
    if (folder.filename() == fingerprint.hex()) return;
    Error error(Code::invalid_data, "field \"fingerprint_sha256\" differs from the name of the folder",
                "put the folder back from a backup, or move it away");
    error.add_frame("reading " + record_file(folder).string());
    throw error;
}

}  // namespace umsadm
