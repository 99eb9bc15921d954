using Inference.Protocol.OpenAi.Files;
using Inference.Server.Background;
using Inference.Server.Options;
using Inference.Server.Storage;
using Microsoft.Data.Sqlite;

namespace Inference.Server.Files;

/// <summary>
/// Files in the data folder, under their ids; what is known of them is in the database. A file is written under a temporary name, flushed
/// and renamed before it is known: what nobody knows is left from a server that was killed, and is deleted at the start.
/// </summary>
internal sealed class FileStore(DataFolder folder, Database database, ServerOptions options, TimeProvider time)
{
    private const string FolderName = "files";
    private const string TemporaryExtension = ".tmp";
    private const string Columns = "owner, id, bytes, created_at, filename, purpose, expires_at";

    private string FolderPath => Path.Combine(folder.Path, FolderName);

    /// <summary>Begins a file.</summary>
    /// <returns>Where to write it, to be given to <see cref="CommitAsync"/> or disposed of; it is gone then unless it was committed.</returns>
    public FileStream Create()
    {
        Directory.CreateDirectory(FolderPath);
        return new FileStream(Path.Combine(FolderPath, RandomId.Create("file-") + TemporaryExtension), FileMode.CreateNew);
    }

    /// <summary>Puts a file on the disk under its own name.</summary>
    /// <returns>What is to be written to the database for it to be there.</returns>
    public async Task<StoredFile> CommitAsync(FileStream content, string owner, string filename, string purpose, long? lifetime)
    {
        await content.FlushAsync();
        content.Flush(flushToDisk: true);
        var (name, bytes) = (content.Name, content.Length);
        await content.DisposeAsync();
        var id = Path.GetFileNameWithoutExtension(name);
        File.Move(name, PathOf(id));
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        return new StoredFile(owner, new FileObject(id, bytes, now, filename, purpose) { ExpiresAt = now + lifetime });
    }

    /// <summary>Deletes what <see cref="Create"/> began.</summary>
    public static async Task AbandonAsync(FileStream content)
    {
        await content.DisposeAsync();
        File.Delete(content.Name);
    }

    /// <summary>Makes a file known.</summary>
    public Task AddAsync(StoredFile file) => database.WriteAsync(connection => Add(connection, file));

    /// <summary>Makes a file known, in a write of somebody's.</summary>
    public static void Add(SqliteConnection connection, StoredFile file) => connection.Execute(
        "INSERT INTO files (owner, id, bytes, created_at, filename, purpose, expires_at) VALUES ($owner, $id, $bytes, $created, $filename, $purpose, $expires)",
        ("$owner", file.Owner),
        ("$id", file.Object.Id),
        ("$bytes", file.Object.Bytes),
        ("$created", file.Object.CreatedAt),
        ("$filename", file.Object.Filename),
        ("$purpose", file.Object.Purpose),
        ("$expires", file.Object.ExpiresAt));

    /// <summary>A file, or null.</summary>
    public StoredFile? Find(string id, string owner) => !database.IsOpen ? null : database.Read(connection => connection.Query(
        $"SELECT {Columns} FROM files WHERE id = $id AND owner = $owner AND (expires_at IS NULL OR expires_at > $now)",
        Read,
        ("$id", id),
        ("$owner", owner),
        ("$now", time.GetUtcNow().ToUnixTimeSeconds()))).FirstOrDefault();

    /// <summary>An owner's files, one more than asked for when there are more.</summary>
    /// <param name="owner">Whose.</param>
    /// <param name="paging">Which.</param>
    /// <param name="purpose">Only those; null: all.</param>
    public IReadOnlyList<FileObject> List(string owner, Paging paging, string? purpose) => !database.IsOpen ? [] : database.Read(connection => connection.Query(
        $"""
        SELECT {Columns} FROM files
        WHERE owner = $owner AND ($purpose IS NULL OR purpose = $purpose) AND (expires_at IS NULL OR expires_at > $now)
        AND ($after IS NULL OR seq {(paging.IsAscending ? ">" : "<")} (SELECT seq FROM files WHERE id = $after))
        ORDER BY seq {(paging.IsAscending ? "ASC" : "DESC")} LIMIT $limit
        """,
        row => Read(row).Object,
        ("$owner", owner),
        ("$purpose", purpose),
        ("$now", time.GetUtcNow().ToUnixTimeSeconds()),
        ("$after", paging.After),
        ("$limit", paging.Limit + 1)));

    /// <summary>Bytes that may still be stored.</summary>
    public long Room() => options.MaxStoredFiles - (database.IsOpen ? database.Read(connection => connection.Query("SELECT coalesce(sum(bytes), 0) FROM files", row => row.GetInt64(0))[0]) : 0);

    /// <summary>A file's bytes.</summary>
    public FileStream Open(string id) => new(PathOf(id), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1 << 16, FileOptions.Asynchronous);

    /// <summary>Deletes a file.</summary>
    public async Task DeleteAsync(string id)
    {
        await database.WriteAsync(connection => connection.Execute("DELETE FROM files WHERE id = $id", ("$id", id)));
        File.Delete(PathOf(id));
    }

    /// <summary>Deletes files that have had their time.</summary>
    public async Task SweepAsync()
    {
        var expired = database.Read(connection => connection.Query(
            "SELECT id FROM files WHERE expires_at <= $now", row => row.GetString(0), ("$now", time.GetUtcNow().ToUnixTimeSeconds())));
        foreach (var id in expired)
        {
            await DeleteAsync(id);
        }
    }

    /// <summary>Deletes what a server left that was killed while it wrote.</summary>
    public void Recover()
    {
        if (!folder.IsKept || !Directory.Exists(FolderPath))
        {
            return;
        }

        var known = database.IsOpen ? database.Read(connection => connection.Query("SELECT id FROM files", row => row.GetString(0))).ToHashSet() : [];
        foreach (var path in Directory.EnumerateFiles(FolderPath).Where(path => !known.Contains(Path.GetFileName(path))))
        {
            File.Delete(path);
        }
    }

    private string PathOf(string id) => Path.Combine(FolderPath, id);

    private static StoredFile Read(SqliteDataReader row) =>
        new(row.GetString(0), new FileObject(row.GetString(1), row.GetInt64(2), row.GetInt64(3), row.GetString(4), row.GetString(5)) { ExpiresAt = row.Get<long?>(6) });
}
