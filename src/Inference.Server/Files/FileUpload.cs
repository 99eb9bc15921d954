using System.Globalization;
using System.Text;
using Inference.Server.Errors;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace Inference.Server.Files;

/// <summary>Reads a form with a file, which goes to the disk as it comes.</summary>
internal sealed class FileUpload(FileStore store, long maxBytes)
{
    private const int MaxSections = 16;
    private const int MaxBoundaryLength = 128;
    private const int MaxFieldLength = 1024;
    private const int MaxFilenameLength = 255;
    private const long MinLifetime = 3600;
    private const long MaxLifetime = 2_592_000;

    private readonly Dictionary<string, string> _fields = [];
    private FileStream? _content;
    private string _filename = "";

    /// <summary>Reads, checks and keeps.</summary>
    /// <exception cref="ApiException">The form is wrong, or the file too large.</exception>
    public async Task<StoredFile> ReceiveAsync(HttpRequest request, string owner, CancellationToken cancellationToken)
    {
        try
        {
            var reader = new MultipartReader(BoundaryOf(request), request.Body);
            for (var count = 0; await reader.ReadNextSectionAsync(cancellationToken) is { } section; count++)
            {
                if (count == MaxSections)
                {
                    throw ApiErrors.Invalid(null, $"The form has more than {MaxSections} fields.");
                }

                await ReadAsync(section, cancellationToken);
            }

            var (purpose, lifetime) = (Purpose(), Lifetime());
            var content = _content ?? throw ApiErrors.Invalid("file", "'file' is missing.");
            var file = await store.CommitAsync(content, owner, _filename, purpose, lifetime);
            _content = null;
            await store.AddAsync(file);
            return file;
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException and not BadHttpRequestException && exception is not FileNotFoundException)
        {
            throw ApiErrors.Invalid(null, "The form is not well-formed multipart/form-data.");
        }
        finally
        {
            if (_content is not null)
            {
                await FileStore.AbandonAsync(_content);
            }
        }
    }

    private static string BoundaryOf(HttpRequest request)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type) || !type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase))
        {
            throw new ApiException(StatusCodes.Status415UnsupportedMediaType, ApiErrors.Invalid(
                null, "The request's Content-Type must be multipart/form-data.", "unsupported_media_type").Error);
        }

        var boundary = HeaderUtilities.RemoveQuotes(type.Boundary).Value;
        return boundary is { Length: > 0 and <= MaxBoundaryLength } ? boundary : throw ApiErrors.Invalid(null, "The form's boundary is missing or too long.");
    }

    private async Task ReadAsync(MultipartSection section, CancellationToken cancellationToken)
    {
        if (!ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var disposition) || disposition.Name.Length == 0)
        {
            throw ApiErrors.Invalid(null, "A part of the form has no name.");
        }

        var name = HeaderUtilities.RemoveQuotes(disposition.Name).Value!;
        if (name != "file")
        {
            _fields[name] = await ReadFieldAsync(section.Body, name, cancellationToken);
            return;
        }

        if (_content is not null)
        {
            throw ApiErrors.Invalid("file", "'file' must be there once.");
        }

        var filename = HeaderUtilities.RemoveQuotes(disposition.FileNameStar.Length > 0 ? disposition.FileNameStar : disposition.FileName).Value;
        _filename = filename is { Length: > 0 and <= MaxFilenameLength }
            ? filename
            : throw ApiErrors.Invalid("file", $"'file' must have a name of at most {MaxFilenameLength} characters.");
        _content = store.Create();
        await CopyAsync(section.Body, _content, cancellationToken);
    }

    private async Task CopyAsync(Stream source, FileStream destination, CancellationToken cancellationToken)
    {
        var room = store.Room();
        var buffer = new byte[1 << 16];
        int read;
        while ((read = await source.ReadAsync(buffer, cancellationToken)) > 0)
        {
            await destination.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            if (destination.Length > maxBytes)
            {
                throw ApiErrors.TooLarge("file", $"'file' must have at most {maxBytes} bytes.");
            }

            if (destination.Length > room)
            {
                throw ApiErrors.TooLarge("file", "'file' does not fit into what this server may store: delete files that are no longer needed.");
            }
        }
    }

    private static async Task<string> ReadFieldAsync(Stream body, string name, CancellationToken cancellationToken)
    {
        var buffer = new byte[MaxFieldLength + 1];
        var length = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        return length <= MaxFieldLength
            ? Encoding.UTF8.GetString(buffer, 0, length)
            : throw ApiErrors.Invalid(name.Length <= 64 ? name : null, $"A field of the form has more than {MaxFieldLength} bytes.");
    }

    private string Purpose()
    {
        if (!_fields.TryGetValue("purpose", out var purpose))
        {
            throw ApiErrors.Invalid("purpose", "'purpose' is missing.");
        }

        return FilePurposes.Accepted.Contains(purpose)
            ? purpose
            : throw ApiErrors.Invalid("purpose", $"'purpose' must be one of: {string.Join(", ", FilePurposes.Accepted.Order())}.");
    }

    private long? Lifetime()
    {
        if (!_fields.TryGetValue("expires_after[seconds]", out var text))
        {
            return null;
        }

        if (_fields.GetValueOrDefault("expires_after[anchor]", "created_at") != "created_at")
        {
            throw ApiErrors.Invalid("expires_after", "'expires_after[anchor]' must be \"created_at\".");
        }

        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds is >= MinLifetime and <= MaxLifetime
            ? seconds
            : throw ApiErrors.Invalid("expires_after", $"'expires_after[seconds]' must be from {MinLifetime} to {MaxLifetime}.");
    }
}
