#include <memory>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "umsadm/base/file.hpp"
#include "umsadm/base/text.hpp"

#include "../main_ums_id_loading.hpp"
#include "../output_file.hpp"
#include "commands.hpp"

namespace umsadm::app {
namespace {

struct IdExportOptions {
    std::string output;
    bool der = false;
    bool force = false;
};

ExitCode run_id_export(const IdExportOptions& options, Context& ctx) {
    check_output_file(ctx.out, options.output);
    const StoredUmsId main = need_main(ctx.open_site());
    const std::string pem = main.certificate.pem();
    const ByteView content = options.der ? ByteView(main.certificate.der()) : as_bytes(pem);
    write_output_file(ctx.out, options.output, content, k_public, options.force);
    if (is_standard_output(options.output)) return ExitCode::done;
    ctx.out.result({{"file", options.output},
                    {"format", options.der ? "der" : "pem"},
                    {"ums_id_short", ums_id_short(main.certificate)},
                    {"fingerprint_sha256", main.record.fingerprint.to_string()}});
    ctx.out.text(fmt::format("wrote the certificate of the Main UMS ID to {}", in_quotes(options.output)));
    return ExitCode::done;
}

}  // namespace

void add_id_export(Command& id) {
    const auto options = std::make_shared<IdExportOptions>();
    id.command("export", "Write the public certificate of the Main UMS ID to a file")
        .describe("This is the file that the IGEL License Portal and the IGEL Customer Portal take for registration.")
        .option("--output,-o", "FILE", "where to write to, a .crt; \"-\" is standard output", into(options->output),
                Need::required)
        .flag("--der", "binary (DER) instead of text (PEM)", options->der)
        .flag("--force", "replace the file when it exists", options->force)
        .example("umsadm id export -o ums-id.crt", "for the registration")
        .example("umsadm id export -o - | openssl x509 -noout -text", "look at it")
        .run([options](Context& ctx) { return run_id_export(*options, ctx); });
}

}  // namespace umsadm::app
