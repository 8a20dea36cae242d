#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "umsadm/base/file.hpp"
#include "umsadm/base/fingerprint.hpp"
#include "umsadm/base/secret.hpp"

#include "lib/registry/record_reader.hpp"

namespace umsadm {

// A request, which has a folder of its own kind, calls them the same.
constexpr std::string_view k_key_file = "key.pem";
constexpr std::string_view k_record_file = "record.json";
constexpr std::size_t k_pem_limit = std::size_t{1} << 20U;

// A folder with certificate.pem, key.pem (not there without a private key) and record.json: in certificates/, in
// ums-id/previous/, and ums-id/ itself.
Path certificate_file(const Path& folder);
Path key_file(const Path& folder);
Path record_file(const Path& folder);

std::string read_certificate_pem(const Path& folder);
// Throws Code::not_found when there is no key.pem.
Secret read_key_pem(const Path& folder);

// What is in such a folder: views of what is given here. `key_pem` null: without a key.
std::vector<NewFile> certificate_folder_files(const std::string& record_text, const std::string& certificate_pem,
                                              const Secret* key_pem);

// Makes the folder with all its files at once. `key_pem` null: without a key.
void publish_certificate_folder(const Path& folder, const std::string& record_text, const std::string& certificate_pem,
                                const Secret* key_pem);
// Puts a key into a folder that has none, and the record that speaks of it.
void add_key_to_folder(const Path& folder, const std::string& record_text, const Secret& key_pem);

// Puts other files into a folder that is there, all at once.
void replace_certificate_folder(const Path& folder, const std::string& record_text, const std::string& certificate_pem,
                                const Secret* key_pem);

// The folders in `parent`, each named by the fingerprint of its certificate. Throws Code::invalid_data for another
// name.
std::vector<Path> certificate_folders(const Path& parent);
// The record of a folder has to speak of the certificate that the folder is named by.
void require_named_by(const Path& folder, const Fingerprint& fingerprint);

}  // namespace umsadm
