namespace Inference.LoadTest.Searches;

/// <summary>What trying a load came to.</summary>
internal enum Verdict
{
    /// <summary>The service level holds.</summary>
    Holds,

    /// <summary>It does not.</summary>
    Fails,

    /// <summary>It does not, and no lower load can help: requests had the server for themselves.</summary>
    Hopeless,
}
