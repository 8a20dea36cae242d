#include <memory>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "umsadm/base/error.hpp"
#include "umsadm/base/file.hpp"
#include "umsadm/base/text.hpp"

#include "../auditing.hpp"
#include "../main_ums_id_loading.hpp"
#include "../output_file.hpp"
#include "commands.hpp"

namespace umsadm::app {
namespace {

struct IdBackupOptions {
    std::string output;
    SecretSource password;
    bool force = false;
};

const Secret& read_password(Context& ctx, const SecretSource& source) {
    const Secret& password = ctx.secrets.read(source, "password of the backup");
    if (source.kind != SecretSource::Kind::prompt) return password;
    // Nobody sees what they type, and a backup with a mistyped password is none.
    if (ctx.secrets.read(source, "password of the backup, once more").reveal() != password.reveal()) {
        throw Error(Code::usage, "the passwords differ: nothing was written");
    }
    return password;
}

// A backup that cannot be restored is found on the day it is made, not on the day it is needed.
void read_back(const std::string& file, const Bytes& written, const UmsId& ums_id, const Secret& password) {
    with_context(fmt::format("reading back the backup {}", in_quotes(file)), [&] {
        const Bytes on_disk = read_file(file, written.size() + 1);
        const UmsId read = read_ums_id_backup(on_disk, password);
        if (on_disk != written || read.certificate != ums_id.certificate || !read.key ||
            !read.key->fits(ums_id.certificate)) {
            throw Error(Code::failed, "it does not hold what was written", "do not rely on it, make another one");
        }
    });
}

ExitCode run_id_backup(const IdBackupOptions& options, Context& ctx) {
    if (is_standard_output(options.output)) {
        throw Error(Code::usage, "a backup goes into a file, which is read back then", "name one: -o FILE");
    }
    check_output_file(ctx.out, options.output);
    const Site site = ctx.open_site();
    const StoredUmsId main = need_main(site);
    const UmsId ums_id = load_main_with_key(site, main);
    const Secret& password = read_password(ctx, options.password);
    const Bytes backup = write_ums_id_backup(ums_id, password);
    write_output_file(ctx.out, options.output, backup, k_owner_only, options.force);
    read_back(options.output, backup, ums_id, password);
    ctx.out.result({{"file", options.output},
                    {"ums_id_short", ums_id_short(main.certificate)},
                    {"fingerprint_sha256", main.record.fingerprint.to_string()},
                    {"not_before", format_utc(main.certificate.not_before())},
                    {"not_after", format_utc(main.certificate.not_after())}});
    audit_done(ctx, site,
               {.action = "id backup",
                .subject = "Main UMS ID",
                .new_fingerprint = main.record.fingerprint,
                .detail = options.output});
    ctx.out.text(fmt::format("wrote a backup of the Main UMS ID to {}, and read it back", in_quotes(options.output)));
    ctx.out.note("it holds the private key: keep it and its password apart, and away from this machine");
    return ExitCode::done;
}

}  // namespace

void add_id_backup(Command& id) {
    const auto options = std::make_shared<IdBackupOptions>();
    id.command("backup", "Write the Main UMS ID with its private key to an encrypted file")
        .describe(
            "The file is PKCS#12, encrypted with the password, mode 0600. It is read back from disk and compared "
            "before this command says that it is there. openssl and keytool can read it, too.")
        .option("--output,-o", "FILE", "where to write to", into(options->output), Need::required)
        .option("--password", "SRC", "the password of the backup", into(options->password), Need::required)
        .flag("--force", "replace the file when it exists", options->force)
        .example("umsadm id backup -o ums-id.p12 --password prompt", "asks for the password")
        .example("umsadm id verify-backup ums-id.p12 --password prompt", "is it still good?")
        .run([options](Context& ctx) { return run_id_backup(*options, ctx); });
}

}  // namespace umsadm::app
